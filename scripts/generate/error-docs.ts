import { ERRORS } from '../../src/lib/core/errors.ts';

export function renderErrorDocs(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { exit, retryable, summary, hint }]) =>
      `| \`${code}\` | ${exit} | ${retryable ? 'yes' : 'no'} | ${summary} | ${hint.replaceAll('|', '\\|')} |`,
  );
  return [
    '<!-- Generated from src/lib/core/errors.ts; `npm run generate` writes it. -->',
    '',
    '# Errors and exit codes',
    '',
    'With `--json` an error is one object on standard output: `{"error":{"code","exit","message","hint","retryable","details"}}`.',
    'The exit code is the same with and without `--json`.',
    '',
    '| code | exit | worth a retry | meaning | what to do |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
