import { list, map, section, string } from './build.ts';
import { scalar } from './project.ts';

/** What spark-submit is given beside the script; the same for training and serving, with other defaults. */
export function sparkSection(doc: string, packages: readonly string[], properties: Readonly<Record<string, string>>) {
  return section(doc, {
    packages: list(
      string({ pattern: '^[^:\\s,]+:[^:\\s,]+:[^:\\s,]+$', patternDoc: 'Maven coordinates group:artifact:version' }),
      {
        doc: 'Maven packages (they become spark.jars.packages).',
        default: packages,
        unique: true,
      },
    ),
    jars: list(string({ format: 'uri' }), { doc: 'Jar files.', default: [] }),
    pyFiles: list(string({ format: 'uri' }), { doc: 'Python files and archives.', default: [] }),
    files: list(string({ format: 'uri' }), { doc: 'Files put into the working folder of each executor.', default: [] }),
    archives: list(string({ format: 'uri' }), { doc: 'Archives unpacked there.', default: [] }),
    properties: map(scalar, { doc: 'Spark properties.', default: properties }),
  });
}
