import type { Interfaces } from '@oclif/core';
import { SentopsError } from '../../lib/core/errors.ts';
import { suggest } from '../../lib/core/suggest.ts';

/**
 * What is wrong with words that name no command. The framework takes all words of a command line for the id when a
 * command takes no arguments, so that `version now` arrives here as `version:now`.
 */
export function explainUnknown(id: string, config: Interfaces.Config): SentopsError {
  const words = id.split(':');
  const typed = words.join(' ');
  if (id.startsWith('-')) {
    return new SentopsError('USAGE', `no command is named before ${id}`, {
      hint: `name the command first: ${config.bin} COMMAND ${id}; ${config.bin} --help lists them`,
    });
  }
  const visible = config.commands.filter(command => !command.hidden).map(command => command.id);
  const parent = longestKnown(words, visible);
  if (parent && visible.includes(parent) && !visible.some(other => other.startsWith(`${parent}:`))) {
    const name = parent.replaceAll(':', ' ');
    const extra = words.slice(name.split(' ').length).join(' ');
    return new SentopsError('USAGE', `${name} takes no arguments, but was given: ${extra}`, {
      hint: `run: ${config.bin} ${name} --help`,
    });
  }
  const near = suggest(typed, listKnown(visible));
  // That the words begin with a topic is no news to whoever typed them.
  const meant = near !== undefined && !typed.startsWith(`${near} `) ? near : suggestTopic(words, visible);
  const hint = meant
    ? `did you mean: ${config.bin} ${meant}`
    : `run: ${[config.bin, ...(parent ? [parent.replaceAll(':', ' ')] : []), '--help'].join(' ')}`;
  return new SentopsError('COMMAND_UNKNOWN', `no such command: ${typed}`, {
    hint,
    details: { command: typed, ...(meant ? { suggestion: meant } : {}) },
  });
}

/** Everything that may be typed: commands and the topics above them. */
function listKnown(ids: readonly string[]): Set<string> {
  return new Set(ids.flatMap(id => id.split(':').map((_, at, words) => words.slice(0, at + 1).join(' '))));
}

/** The longest beginning of the words that is a command or a topic. */
function longestKnown(words: readonly string[], ids: readonly string[]): string | undefined {
  for (let length = words.length - 1; length > 0; length--) {
    const id = words.slice(0, length).join(':');
    if (ids.some(known => known === id || known.startsWith(`${id}:`))) return id;
  }
  return undefined;
}

/** With more words than the command has, the first one may still be recognisable. */
function suggestTopic([first = '']: readonly string[], ids: readonly string[]): string | undefined {
  const meant = suggest(first, new Set(ids.map(id => id.split(':')[0] ?? id)));
  return meant === first ? undefined : meant;
}
