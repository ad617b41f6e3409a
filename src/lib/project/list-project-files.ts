import fs from 'node:fs';
import path from 'node:path';
import { buildSchema } from '../config/schema.ts';
import { usesSample } from './answer-facts.ts';
import { renderTemplate, type TemplateFolder } from './render-template.ts';
import { templateValues, usesScripts } from './template-values.ts';
import { templatesDir } from './templates-dir.ts';
import type { Answers } from './types.ts';

export interface ProjectFile {
  /** Relative to the project folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** What to do about a file of that name that is there already, where --force is not given. */
  readonly meeting: 'refuse' | 'keep' | 'add-lines';
}

const SCRIPTS = ['sentiment_multimodel.py', 'streaming_serving_mlflow_hdfs_kafka_optimize.py'];
const SCHEMA = 'sentops.schema.json';

/** Everything that `init` writes for these answers; the project file comes last, so that it never refers to nothing. */
export function listProjectFiles(answers: Answers, dir: string): ProjectFile[] {
  const schema = locateSchema(dir);
  const values = templateValues(answers, schema.path);
  const render = (file: string): string => renderTemplate(file, values, folder);
  return [
    { path: '.gitignore', text: render('common/gitignore'), meeting: 'add-lines' },
    { path: '.env.example', text: render('common/env.example'), meeting: 'refuse' },
    { path: 'README.md', text: render('common/README.md'), meeting: 'keep' },
    ...(usesScripts(answers) ? SCRIPTS : []).map(name => refuse(`code/${name}`, render(`jobs/${name}`))),
    ...(usesSample(answers) ? [refuse('data/reviews.csv', folder.read('minimal/data/reviews.csv'))] : []),
    ...(answers.ci === 'github' ? [refuse('.github/workflows/sentops.yml', render('ci/github.yml'))] : []),
    ...(answers.ci === 'gitlab' ? [refuse('.gitlab-ci.yml', render('ci/gitlab.yml'))] : []),
    ...schema.files,
    refuse('sentops.yaml', render('common/sentops.yaml')),
  ];
}

const folder: TemplateFolder = {
  read: file => fs.readFileSync(path.join(templatesDir(), file), 'utf8'),
};

function refuse(path: string, text: string): ProjectFile {
  return { path, text, meeting: 'refuse' };
}

/**
 * Where an editor finds the schema: in the package where the project installs it, else a copy in the folder for
 * working files, which is not committed.
 */
function locateSchema(dir: string): { readonly path: string; readonly files: readonly ProjectFile[] } {
  const installed = `node_modules/sentops/schemas/${SCHEMA}`;
  if (fs.existsSync(path.join(dir, installed))) return { path: `./${installed}`, files: [] };
  const copy = `.sentops/${SCHEMA}`;
  return { path: `./${copy}`, files: [refuse(copy, `${JSON.stringify(buildSchema(), null, 2)}\n`)] };
}
