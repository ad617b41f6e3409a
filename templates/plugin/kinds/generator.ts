import type { Generator } from 'sentops/plugin';

/** Writes a Makefile with the project's name. */
export default function createGenerator(): Generator {
  return {
    summary: 'a Makefile that checks the project',
    async generate(project) {
      const data = `# ${project.config.project.name}\ncheck:\n\tsentops config validate\n\tsentops doctor\n`;
      return [{ path: 'Makefile', data }];
    },
  };
}
