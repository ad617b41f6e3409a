import path from 'node:path';
import type { Plugin } from 'rolldown';

const MARK = '__sourcePlace';

/**
 * Keeps `import.meta.dirname`, `.filename` and `.url` meaning the place of the *source* file, wherever its code ends
 * up: `path.join(import.meta.dirname, '../../../templates')` finds the same folder in a checkout and in the package.
 */
export function keepSourcePlaces(root: string): Plugin {
  return {
    name: 'source-places',
    transform: {
      filter: { id: /[\\/]src[\\/].*\.ts$/, code: 'import.meta' },
      handler(code, id) {
        const file = path.relative(root, id).replaceAll(path.sep, '/');
        const place = (target: string) => `${MARK}(${JSON.stringify(target)})`;
        return code
          .replaceAll('import.meta.dirname', place(path.posix.dirname(file)))
          .replaceAll('import.meta.filename', place(file))
          .replaceAll('import.meta.url', `require("node:url").pathToFileURL(${place(file)}).href`);
      },
    },
    renderChunk(code, chunk) {
      if (!code.includes(MARK)) return null;
      const up = '../'.repeat(chunk.fileName.split('/').length);
      return code.replaceAll(new RegExp(`${MARK}\\(([^)]*)\\)`, 'g'), (_all, target: string) => {
        return `require("node:path").join(__dirname,${JSON.stringify(up)},${target})`;
      });
    },
  };
}
