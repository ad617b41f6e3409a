import { PassThrough, Readable } from 'node:stream';
import type { ReportEvent } from '../../../src/lib/core/report.ts';
import type { World } from '../../../src/lib/extend/world.ts';
import { repositoryRoot } from '../../helpers/run-cli.ts';

/** What a command hands to the library, with nothing of this machine in it. */
export function createWorld(cwd: string, input = '') {
  const events: ReportEvent[] = [];
  const world: World = {
    cwd,
    env: { HOME: cwd },
    platform: 'linux',
    stdin: Readable.from([Buffer.from(input)]),
    stdout: new PassThrough(),
    signal: new AbortController().signal,
    report: event => void events.push(event),
  };
  return { world, events, warnings: () => events.flatMap(event => (event.type === 'note' ? [event.message] : [])) };
}

/** A model that a real Spark fitted and saved. */
export function golden(name: string): string {
  return `${repositoryRoot}/test/golden/spark/4.3-${name}/model`;
}
