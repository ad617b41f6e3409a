import fs from 'node:fs';
import path from 'node:path';
import type { Project } from '../../config/types.ts';
import { listAbandoned, removeTemporary } from '../../core/temporary.ts';
import type { DoctorCheck } from '../types.ts';

/** Half-written files of commands that were killed. They are in nobody's way, but nobody knows what they are. */
export const leftoversCheck: DoctorCheck = {
  id: 'project.leftovers',
  title: 'Nothing is left of killed commands',
  applies: project => project.file !== null,
  async run({ project }) {
    const left = project ? foldersOf(project).flatMap(folder => listAbandoned(folder)) : [];
    if (left.length === 0) return { status: 'ok', detail: 'no command left half-written files' };
    const files = left.length === 1 ? '1 half-written file' : `${left.length} half-written files`;
    return {
      status: 'warn',
      detail: `a command that was killed left ${files}: ${left.join(', ')}`,
      fix: 'sentops doctor --fix',
    };
  },
  async repair({ project }) {
    const removed = project ? foldersOf(project).flatMap(folder => removeTemporary(folder)) : [];
    return `removed ${removed.join(', ')}`;
  },
};

/** Where sentops itself writes: the folder of the project and the ones that `init` fills. */
function foldersOf({ dir }: Project): string[] {
  const below = ['.sentops', '.sentops/buckets/models', 'code', 'data', '.github/workflows'].map(name =>
    path.join(dir, name),
  );
  return [dir, ...below].filter(folder => fs.existsSync(folder));
}
