import fs from 'node:fs';
import path from 'node:path';
import type { FileToWrite } from '../../core/atomic.ts';
import { renderTemplate, type TemplateValues } from '../../project/render-template.ts';
import { packageRoot, templatesDir } from '../../project/templates-dir.ts';
import { CONTRACT_VERSION, KINDS, type Kind } from '../contract.ts';
import type { PluginName } from './plugin-name.ts';

export interface PluginPlan extends PluginName {
  readonly kinds: readonly Kind[];
  /** The version of sentops, or `file:…`, that the plugin is compiled against. */
  readonly sentops: string;
}

/** Files of templates/plugin → where they go; the extensions and their tests come on top, one of each per kind. */
const FILES: Readonly<Record<string, (name: string) => string>> = {
  'package.json': () => 'package.json',
  'tsconfig.json': () => 'tsconfig.json',
  'tsconfig.build.json': () => 'tsconfig.build.json',
  gitignore: () => '.gitignore',
  'README.md': () => 'README.md',
  'src/command.ts': name => `src/commands/${name}.ts`,
  'src/extensions.ts': () => 'src/extensions.ts',
  'test/command.test.ts': () => 'test/command.test.ts',
};

/** The files of a new plugin, ready to be written. */
export function listPluginFiles(plan: PluginPlan): FileToWrite[] {
  const dir = path.join(templatesDir(), 'plugin');
  const folder = { read: (file: string) => fs.readFileSync(path.join(dir, file), 'utf8') };
  const values = readValues(plan);
  const render = (template: string, target: string, more: TemplateValues = {}) => ({
    path: target,
    data: renderTemplate(template, { ...values, ...more }, folder),
  });
  return [
    ...Object.entries(FILES).map(([template, target]) => render(template, target(plan.name))),
    ...plan.kinds.flatMap(kind => [
      render(`kinds/${kind}.ts`, `src/extensions/${kind}.ts`),
      render('test/extension.test.ts', `test/${kind}.test.ts`, { kind, title: KINDS[kind].title }),
    ]),
  ];
}

function readValues({ packageName, name, className, kinds, sentops }: PluginPlan): TemplateValues {
  const what = ['a command', ...kinds.map(kind => `a ${KINDS[kind].title}`)];
  const register = (kind: Kind) =>
    `    api.register('${kind}', '${name}', () => import('./extensions/${kind}.ts'), { summary: 'the ${KINDS[kind].title} of ${packageName}' });`;
  const provides = kinds.map(kind => `"${kind}": ["${name}"]`).join(', ');
  return {
    packageName,
    name,
    className,
    what: joinWords(what),
    contract: CONTRACT_VERSION,
    provides: `{ ${provides} }`,
    registrations: kinds.map(register).join('\n'),
    extensionList: kinds.map(kind => `- the ${KINDS[kind].title} \`${name}\``).join('\n'),
    checkLine: kinds.map(kind => `sentops plugin check ${kind} ${name}`).join('\n'),
    sentops: JSON.stringify(sentops),
    ...readVersions(),
  };
}

/** What a plugin is built with is what sentops itself is built with: one list of versions, tested together. */
function readVersions(): TemplateValues {
  const manifest = JSON.parse(fs.readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as {
    engines: { node: string };
    devDependencies: Record<string, string>;
  };
  const range = (name: string) => `^${(manifest.devDependencies[name] ?? '').replace(/^\^/, '')}`;
  return {
    node: manifest.engines.node,
    coreVersion: range('@oclif/core'),
    typesVersion: range('@types/node'),
    typescriptVersion: range('typescript'),
  };
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
