import type { Project, ProjectRequest } from '../../config/types.ts';
import type { DoctorCheck } from '../../doctor/types.ts';
import { must, type Step } from './steps.ts';

const STATUSES = ['ok', 'warn', 'fail', 'skip'];

/** `repair` is not tried: it changes the machine. */
export async function checkDoctorCheck(
  check: DoctorCheck,
  step: Step,
  world: { readonly project: Project | null; readonly request: ProjectRequest; readonly signal: AbortSignal },
): Promise<void> {
  await step('has an id and a title', () => {
    must(
      /^[a-z][a-z0-9.-]*$/.test(check.id),
      `${JSON.stringify(check.id)} is not made of lower-case letters, digits, dots and hyphens`,
    );
    must(check.title.trim() !== '', 'the title is empty');
    return check.id;
  });
  const { project } = world;
  if (project && check.applies) await step('says whether it applies', () => String(check.applies?.(project)));
  await step('looks', async () => {
    const finding = await check.run({ ...world, env: world.request.env });
    must(
      STATUSES.includes(finding.status),
      `status is ${JSON.stringify(finding.status)}, none of ${STATUSES.join(', ')}`,
    );
    must(typeof finding.detail === 'string' && finding.detail.trim() !== '', 'it does not say what it found (detail)');
    return `${finding.status}: ${finding.detail}`;
  });
}
