import type { DoctorCheck } from 'sentops/plugin';

/** Looks whether a folder for temporary files is named. */
export default function createCheck(): DoctorCheck {
  return {
    id: '{{name}}.tmpdir',
    title: 'folder for temporary files',
    async run({ env }) {
      const folder = env['TMPDIR'];
      if (folder) return { status: 'ok', detail: `TMPDIR is ${folder}` };
      return { status: 'warn', detail: 'TMPDIR is not set', fix: 'export TMPDIR=/var/tmp' };
    },
  };
}
