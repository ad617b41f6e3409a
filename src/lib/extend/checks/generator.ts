import type { Project } from '../../config/types.ts';
import type { Generator } from '../../generate/types.ts';
import { must, type Step } from './steps.ts';

/** On any system: what is written on Linux in CI is written on Windows too. */
const ABSOLUTE = /^(?:[\\/]|[a-z]:)/i;

/** Nothing is written. */
export async function checkGenerator(generator: Generator, step: Step, project: Project): Promise<void> {
  const render = async () =>
    (await generator.generate(project)).map(({ path, data }) => ({ path, data: Buffer.from(data).toString('base64') }));
  let files: Awaited<ReturnType<typeof render>> = [];
  await step('generates files', async () => {
    files = await render();
    for (const { path } of files) {
      const inside =
        typeof path === 'string' && path !== '' && !ABSOLUTE.test(path) && !path.split(/[\\/]/).includes('..');
      must(inside, `${JSON.stringify(path)} is no path below the folder`);
    }
    return files.map(file => file.path).join(', ') || 'none';
  });
  await step('generates the same again', async () => {
    must(JSON.stringify(await render()) === JSON.stringify(files), 'a second time it gave something else');
  });
}
