import type { DoctorCheck } from '../types.ts';

export const projectCheck: DoctorCheck = {
  id: 'project.file',
  title: 'Project file',
  async run({ request }) {
    const { validateProject } = await import('../../config/validate.ts');
    const { file, problems } = await validateProject(request);
    if (file === null) {
      return {
        status: 'warn',
        detail: 'no sentops.yaml here or in any parent folder: defaults apply',
        fix: 'sentops init',
      };
    }
    const errors = problems.filter(problem => problem.severity === 'error');
    const [first] = errors.length > 0 ? errors : problems;
    if (!first) return { status: 'ok', detail: `${file} is valid` };
    const line = first.place?.line === undefined ? '' : `:${first.place.line}`;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    const detail = `${first.place?.file ?? file}${line}: ${first.message}${more}`;
    return { status: errors.length > 0 ? 'fail' : 'warn', detail, fix: 'sentops config validate' };
  },
};
