import { SentopsError } from '../../core/errors.ts';

export interface PluginName {
  /** What npm calls it: `sentops-plugin-hello`, `@acme/sentops-hello`. */
  readonly packageName: string;
  /** What its command and extensions are called: `hello`. */
  readonly name: string;
  /** The command's class: `Hello`. */
  readonly className: string;
}

const PREFIX = 'sentops-plugin-';
const PART = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST = 214;
/** The command class would hide what it imports from the framework. */
const FORBIDDEN = new Set(['command', 'args']);

/** `hello` → package sentops-plugin-hello; a full or scoped package name is taken as it is. */
export function readPluginName(text: string, reserved: ReadonlySet<string>): PluginName {
  const [, scope, part] = /^(?:@([^/]+)\/)?([^/]+)$/.exec(text.trim()) ?? [];
  if (part === undefined || !PART.test(part) || (scope !== undefined && !PART.test(scope))) {
    throw new SentopsError('FLAG_INVALID', `${JSON.stringify(text)} is no name for a plugin`, {
      hint: 'use lower-case letters, digits and single hyphens, beginning with a letter: hello, sentops-plugin-hello or @acme/hello',
    });
  }
  const name = part.startsWith(PREFIX) ? part.slice(PREFIX.length) : part;
  const packageName = scope === undefined ? PREFIX + name : `@${scope}/${part}`;
  if (packageName.length > LONGEST || !PART.test(name) || FORBIDDEN.has(name)) {
    throw new SentopsError('FLAG_INVALID', `a plugin cannot be called ${name || packageName}`, {
      hint: 'choose another name',
    });
  }
  if (reserved.has(name)) {
    throw new SentopsError('FLAG_INVALID', `sentops has a command ${name} of its own, which a plugin cannot replace`, {
      hint: 'choose another name',
    });
  }
  return { packageName, name, className: toClassName(name) };
}

function toClassName(name: string): string {
  return name
    .split('-')
    .map(part => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
