import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { KINDS, type Kind } from './contract.ts';
import { BUILT_IN } from './failure.ts';
import type { ExtensionEntry, PluginProblem } from './types.ts';

/** The error for a name that nobody has: what there is, what was probably meant, and which plugin may bring it. */
export function unknownExtension(
  kind: Kind,
  name: string,
  entries: readonly ExtensionEntry[],
  problems: readonly PluginProblem[],
): SentopsError {
  const same = entries.filter(entry => entry.kind === kind);
  const elsewhere = entries.find(entry => entry.kind !== kind && entry.name === name);
  const nearest = suggest(
    name,
    same.map(entry => entry.name),
  );
  const broken = problems.filter(problem => problem.reason !== 'conflict' && concerns(problem, kind));
  const hints = [
    nearest && `did you mean ${nearest}?`,
    elsewhere && `${name} is a ${KINDS[elsewhere.kind].title}`,
    ...broken.map(problem => `${problem.message} (it may bring the name)`),
    broken.length === 0 &&
      'a plugin may bring it: find one with npm search keywords:sentops-plugin and add it with sentops plugins install',
  ];
  return new SentopsError(
    'EXTENSION_UNKNOWN',
    `no ${KINDS[kind].title} is called ${JSON.stringify(name)}; ${listNames(same)}`,
    {
      hint: hints.filter(hint => typeof hint === 'string').join('; '),
      details: {
        kind,
        name,
        available: same.map(entry => entry.name),
        suggestion: nearest ?? null,
        brokenPlugins: [...new Set(broken.map(problem => problem.plugin))],
      },
    },
  );
}

/** A plugin as a whole may hold any name; a refused registration matters to its own kind only. */
function concerns(problem: PluginProblem, kind: Kind): boolean {
  return problem.extension === null || problem.extension.kind === kind;
}

function listNames(entries: readonly ExtensionEntry[]): string {
  if (entries.length === 0) return 'there is none';
  const names = entries.map(({ name, plugin }) => (plugin === BUILT_IN ? name : `${name} (plugin ${plugin})`));
  return `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
}
