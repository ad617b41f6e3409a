import { Args } from './framework.ts';

interface ArgText {
  readonly description: string;
  readonly options?: readonly string[];
}

/**
 * A positional argument. Always with `ignoreStdin`: the framework otherwise reads standard input for a missing
 * optional argument, which costs time and swallows the input of streaming commands.
 */
export function optionalArg(text: ArgText) {
  return Args.string({ ...withOptions(text), ignoreStdin: true });
}

export function requiredArg(text: ArgText) {
  return Args.string({ ...withOptions(text), required: true, ignoreStdin: true });
}

function withOptions({ description, options }: ArgText) {
  return options ? { description, options: [...options] } : { description };
}

/** All positional arguments from here on. */
export function restArgs(text: ArgText) {
  return Args.string({ ...withOptions(text), multiple: true, ignoreStdin: true });
}
