import fs from 'node:fs';
import type { Outputs } from './outputs.ts';

export function publishOutputs(outputs: Outputs, env: NodeJS.ProcessEnv): void {
  const file = env['GITHUB_OUTPUT'];
  if (!file) return;
  for (const [name, value] of Object.entries(outputs)) fs.appendFileSync(file, `${name}=${value}\n`);
}
