import type { Project, ProjectRequest } from '../config/types.ts';

/** The project, or null: a broken project file is no reason not to look at a plugin. */
export async function tryProject(request: ProjectRequest): Promise<Project | null> {
  const { loadProject } = await import('../config/load.ts');
  try {
    return await loadProject(request);
  } catch {
    return null;
  }
}
