import type { DoctorCheck } from '../types.ts';

/** The versions in which everything that sentops uses is there: zstd in node:zlib, node:sqlite without a flag. */
export const LEAST = [22, 22] as const;

export const nodeCheck: DoctorCheck = {
  id: 'node',
  title: 'Node.js',
  async run() {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const isEnough = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
    const detail = `Node.js ${process.versions.node} on ${process.platform}-${process.arch}`;
    if (isEnough) return { status: 'ok', detail };
    return { status: 'fail', detail, fix: `install Node.js ${LEAST.join('.')} or newer` };
  },
};
