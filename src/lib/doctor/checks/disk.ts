import { statfs } from 'node:fs/promises';
import type { DoctorCheck } from '../types.ts';

const MIB = 1024 * 1024;
const LITTLE = 2048 * MIB;
const TOO_LITTLE = 200 * MIB;

export const diskCheck: DoctorCheck = {
  id: 'disk',
  title: 'Disk space',
  async run({ project, request }) {
    const folder = project?.dir ?? request.cwd;
    const { bavail, bsize } = await statfs(folder);
    return judgeSpace(bavail * bsize, folder);
  },
};

export function judgeSpace(free: number, folder: string) {
  const detail = `${Math.floor(free / MIB).toLocaleString('en-US')} MiB free in ${folder}`;
  if (free >= LITTLE) return { status: 'ok', detail } as const;
  const fix = 'free some space: a data set, its cache and a model take about 2 GiB';
  return { status: free < TOO_LITTLE ? 'fail' : 'warn', detail, fix } as const;
}
