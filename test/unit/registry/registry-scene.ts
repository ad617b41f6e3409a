import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import openEmbedded from '../../../src/lib/tracking/embedded/tracker.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';
import { createWorld } from '../score/world.ts';

/** A real store in a folder of its own for each test, and short ways to fill it. */
export function createRegistry() {
  let dir = '';
  let tracker: Tracker;
  beforeEach(async () => {
    dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-registry-')));
    tracker = await openEmbedded({ file: path.join(dir, 'mlflow.db'), mode: 'write', uri: '' }, createWorld(dir).world);
  });
  afterEach(async () => {
    await tracker.close();
    fs.rmSync(dir, { recursive: true, force: true });
  });
  return {
    at: (name: string) => path.join(dir, name),
    get tracker() {
      return tracker;
    },
    /** Versions 1 to n, each with a source of its own unless one is given. */
    async register(name: string, versions: number, source?: string) {
      if ((await tracker.models.get(name)) === null) await tracker.models.create({ name });
      for (let index = 0; index < versions; index += 1)
        await tracker.models.createVersion({
          name,
          source: source ?? `gs://models/${name}/${index}`,
          key: `${name}-${index}-${source}`,
        });
    },
    put(name: string, text: string | Uint8Array = name) {
      const file = path.join(dir, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    },
    read: (name: string) => fs.readFileSync(path.join(dir, name), 'utf8'),
    tree: (name: string) =>
      fs.existsSync(path.join(dir, name))
        ? fs.readdirSync(path.join(dir, name), { recursive: true, encoding: 'utf8' }).sort()
        : [],
  };
}
