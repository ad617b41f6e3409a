import type { Generator } from 'sentops/plugin';

/** Writes a Makefile with the project's name. */
export default function createGenerator(): Generator {
  return {
    summary: 'a Makefile that trains and checks',
    async generate(project) {
      const data = `# ${project.config.project.name}\ntrain:\n\tsentops train\n\ncheck:\n\tsentops config validate\n`;
      return [{ path: 'Makefile', data }];
    },
  };
}
