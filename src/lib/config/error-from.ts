import { ERRORS, type ErrorCode, SentopsError } from '../core/errors.ts';
import { formatProblem } from './format-problem.ts';
import type { Problem } from './types.ts';

/** One error for all problems: a single one keeps its own code and place. */
export function errorFrom(problems: readonly Problem[]): SentopsError {
  const [first, ...others] = problems;
  const codes = new Set(problems.map(problem => toErrorCode(problem.code)));
  const [code = 'CONFIG_INVALID'] = codes.size === 1 ? codes : [];
  const place = first?.place === null || first === undefined ? {} : { place: first.place };
  const details = { problems };
  if (first !== undefined && others.length === 0) {
    return new SentopsError(code, first.message, {
      ...place,
      details,
      ...(first.hint === null ? {} : { hint: first.hint }),
    });
  }
  const lines = problems.map(problem => `  ${formatProblem(problem)}`);
  return new SentopsError(code, [`the configuration has ${problems.length} problems:`, ...lines].join('\n'), {
    ...place,
    details,
  });
}

function toErrorCode(code: string | undefined): ErrorCode {
  return code !== undefined && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'CONFIG_INVALID';
}
