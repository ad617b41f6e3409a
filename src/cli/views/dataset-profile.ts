import { groupDigits } from '../../lib/core/group-digits.ts';
import { percent } from '../../lib/core/percent.ts';
import type { ProfileReport, ValidationReport } from '../../lib/data/profile/run-profile.ts';
import type { Check, ColumnProfile, DataProfile, Finding } from '../../lib/data/profile/types.ts';
import type { View } from '../output/view.ts';

/** What is in a file of labelled texts, for a person. */
export function renderProfile(profile: ProfileReport, view: View): void {
  renderFacts(profile, view);
  view.heading('Columns');
  view.table(profile.columns, columnsOf(profile.rows));
  renderLengths(profile, view);
  renderFindings('Anomalies', profile.anomalies, view);
  renderFindings('Personal data', profile.personal, view);
  renderFile(profile, view);
}

/** The verdict on it: every check that is not met, and how many are. */
export function renderValidation(result: ValidationReport, view: View): void {
  renderFacts(result, view);
  view.line();
  const { style } = view;
  const marks = { pass: style.ok(), warn: style.warn(), fail: style.bad() };
  view.table(result.checks, [
    { title: '', value: ({ status }: Check) => marks[status] },
    { title: 'check', value: ({ id }) => id },
    { title: 'expected', value: ({ expected }) => expected },
    { title: 'found', value: ({ found }) => found },
    { title: 'set by', value: ({ origin }) => origin },
  ]);
  for (const { id, hint } of result.checks) if (hint !== null) view.line(style.dim(`${id}: ${hint}`));
  if (result.ok) {
    const passed = result.checks.length - result.warnings;
    const warned = result.warnings === 0 ? '' : `, ${result.warnings} with a warning`;
    view.line();
    view.line(`${style.ok()} ${passed} of ${result.checks.length} checks passed${warned}`);
  }
  renderFile(result, view);
}

function renderFacts(profile: DataProfile, view: View): void {
  const { location, description, rows, bytes, duplicates, labelling, leakage, scripts } = profile;
  const about = duplicates.exact ? '' : 'about ';
  view.facts({
    file: location,
    layout: description,
    rows: `${groupDigits(rows)} in ${groupDigits(bytes)} bytes`,
    ...(labelling === null ? {} : { labels: describeLabels(profile) }),
    'repeated texts': `${about}${groupDigits(duplicates.rows)} (${percent(duplicates.share)})`,
    ...(leakage === null
      ? {}
      : { 'in the other file': `${groupDigits(leakage.rows)} (${percent(leakage.share)}) also in ${leakage.against}` }),
    scripts: scripts
      .slice(0, 4)
      .map(({ name, share }) => `${name} ${percent(share)}`)
      .join(', '),
  });
}

const MOST_LABELS = 6;

function describeLabels({ labels, rows }: DataProfile): string {
  const counts = Object.entries(labels);
  const shown = counts
    .slice(0, MOST_LABELS)
    .map(([label, count]) => `${label} ${groupDigits(count)} (${percent(count / rows)})`);
  if (counts.length === 0) return 'not readable as labels';
  return `${shown.join(', ')}${counts.length > MOST_LABELS ? `, and ${counts.length - MOST_LABELS} more` : ''}`;
}

function columnsOf(rows: number) {
  return [
    { title: 'column', value: ({ name }: ColumnProfile) => name },
    { title: 'role', value: ({ role }: ColumnProfile) => role },
    { title: 'type', value: ({ type }: ColumnProfile) => type },
    {
      title: 'nulls',
      value: ({ nulls }: ColumnProfile) => `${groupDigits(nulls)} (${percent(nulls / rows)})`,
      align: 'right' as const,
    },
    {
      title: 'different',
      value: ({ distinct, distinctExact }: ColumnProfile) => `${distinctExact ? '' : '≈ '}${groupDigits(distinct)}`,
      align: 'right' as const,
    },
    { title: 'min', value: ({ min }: ColumnProfile) => min, align: 'right' as const },
    { title: 'max', value: ({ max }: ColumnProfile) => max, align: 'right' as const },
  ];
}

function renderLengths({ text }: DataProfile, view: View): void {
  view.heading('Lengths');
  const lengths = [
    { of: 'characters', ...text.characters },
    { of: 'words', ...text.words },
  ];
  const names = ['min', 'p05', 'median', 'mean', 'p95', 'p99', 'max'] as const;
  view.table(lengths, [
    { title: 'in', value: row => row.of },
    ...names.map(name => ({
      title: name,
      value: (row: (typeof lengths)[number]) => (name === 'mean' ? row.mean.toFixed(1) : groupDigits(row[name])),
      align: 'right' as const,
    })),
  ]);
}

function renderFindings(title: string, findings: readonly Finding[], view: View): void {
  if (findings.length === 0) return;
  view.heading(title);
  view.table(findings, [
    { title: 'kind', value: ({ name }: Finding) => name },
    { title: 'rows', value: ({ rows }) => groupDigits(rows), align: 'right' },
    { title: 'share', value: ({ share }) => percent(share), align: 'right' },
    { title: 'for instance', value: ({ examples: [first] }) => (first ? `row ${first.row}: ${first.text}` : null) },
  ]);
}

function renderFile({ reportFile }: ProfileReport, view: View): void {
  if (reportFile === null) return;
  view.line();
  view.line(`Report: ${reportFile}`);
}
