import { countNoun } from '../../../core/count-noun.ts';
import { groupDigits } from '../../../core/group-digits.ts';
import { percent } from '../../../core/percent.ts';
import { buildBarChart } from '../../../plot/charts/bars.ts';
import { buildHistogram } from '../../../plot/charts/histogram.ts';
import type { Block, Figure, Inline, ReportDocument } from '../../../report/document.ts';
import { formatBytes, formatCount } from '../../../report/format.ts';
import { tidyLabel } from '../../../report/tidy-labels.ts';
import type { Check, DataProfile, Example, Finding } from '../types.ts';

/** The report on a file of labelled texts: the verdict first, then what the rows are, then what is odd about them. */
export function buildDataDocument(profile: DataProfile, checks: readonly Check[]): ReportDocument {
  return {
    title: `Data report: ${nameOf(profile.location)}`,
    subtitle: `${countNoun(profile.rows, 'row')}, ${profile.description}`,
    blocks: [
      tiles(profile),
      ...verdict(checks),
      ...checkTable(checks),
      ...labelBlocks(profile),
      ...lengthBlocks(profile),
      ...columnBlocks(profile),
      ...repetitionBlocks(profile),
      ...findingBlocks('Anomalies', 'Texts that are probably not what they were meant to be', profile.anomalies),
      ...findingBlocks('Personal data', 'Texts that look as if they held personal data', profile.personal),
      ...scriptBlocks(profile),
      heading('File'),
      fileTable(profile),
    ],
  };
}

/** No path of this machine is written down. */
function nameOf(location: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(location) ? location : (location.split(/[\\/]/).at(-1) ?? location);
}

function heading(text: string): Block {
  return { type: 'heading', level: 2, text };
}

function tiles({ rows, duplicates, labelling, incomplete, text, bytes }: DataProfile): Block {
  return {
    type: 'tiles',
    caption: 'At a glance',
    items: [
      { name: 'Rows', value: formatCount(rows) },
      { name: 'Size', value: formatBytes(bytes) },
      { name: 'Incomplete', value: percent(incomplete / Math.max(1, rows)) },
      ...(labelling?.rarest == null ? [] : [{ name: 'Rarest label', value: percent(labelling.rarest) }]),
      { name: 'Repeated texts', value: percent(duplicates.share) },
      { name: 'Median length', value: formatCount(text.characters.median) },
    ],
  };
}

function verdict(checks: readonly Check[]): Block[] {
  if (checks.length === 0) return [];
  const failed = checks.filter(({ status }) => status === 'fail');
  const warned = checks.filter(({ status }) => status === 'warn');
  const warnings = warned.length === 0 ? '' : `, ${countNoun(warned.length, 'warning')}`;
  const said = failed.length === 0 ? 'Passed' : 'Failed';
  const rest =
    failed.length === 0
      ? `: ${countNoun(checks.length, 'check')}${warnings}.`
      : `: ${countNoun(failed.length, 'check')} of ${checks.length} (${failed.map(({ id }) => id).join(', ')})${warnings}.`;
  return [{ type: 'callout', tone: failed.length === 0 ? 'good' : 'bad', content: [{ strong: said }, rest] }];
}

const MARKS = { fail: '✖\u00a0failed', warn: '⚠\u00a0warning', pass: '✔\u00a0passed' } as const;

function checkTable(checks: readonly Check[]): Block[] {
  if (checks.length === 0) return [];
  const order = ['fail', 'warn', 'pass'];
  const sorted = checks.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return [
    heading('Checks'),
    {
      type: 'table',
      caption: 'What is demanded of the data, and how it stands to that',
      columns: [
        { title: 'Check' },
        { title: 'Verdict' },
        { title: 'Expected', wide: true },
        { title: 'Found', wide: true },
        { title: 'Set by' },
      ],
      rows: sorted.map(({ id, status, expected, found, origin, hint }) => [
        id,
        status === 'fail' ? { strong: MARKS.fail } : MARKS[status],
        expected,
        hint === null ? found : `${found}: ${hint}`,
        origin,
      ]),
    },
  ];
}

/** More bars than this are no picture. */
const MOST_BARS = 24;

function labelBlocks({ labelling, labels, rows }: DataProfile): Block[] {
  if (labelling === null) return [];
  const counts = Object.entries(labels).sort(([, a], [, b]) => b - a);
  const shown = counts.slice(0, MOST_BARS);
  const figure: Figure = {
    type: 'figure',
    id: 'labels',
    file: null,
    caption: `Rows by label as the file writes it, column ${labelling.column}.`,
    drawing: buildBarChart({
      title: 'Labels',
      names: shown.map(([label]) => tidyLabel(label)),
      panels: [{ name: 'Share of the rows in %', values: shown.map(([, count]) => (100 * count) / rows), marked: [] }],
    }),
  };
  const facts: (readonly Inline[])[] = [
    ['Column', { code: labelling.column }],
    ['Read as', labelling.scheme ?? labelling.problem ?? ''],
    ...Object.entries(labelling.classes).map(([name, count]) => [`Class ${tidyLabel(name)}`, share(count, rows)]),
    ['Without a label', share(labelling.blank, rows)],
    ...labelling.dropped.map(({ value, why, rows: count }) => [`${tidyLabel(value)} (${why})`, share(count, rows)]),
    ['Order of the rows', labelling.order ?? 'looks like chance'],
  ];
  return [
    heading('Labels'),
    ...(shown.length > 0 ? [figure] : []),
    {
      type: 'table',
      caption: 'How the labels are understood',
      columns: [{ title: 'Labels' }, { title: 'Found', wide: true }],
      rows: facts,
    },
  ];
}

function share(count: number, rows: number): string {
  return `${groupDigits(count)} (${percent(count / Math.max(1, rows))})`;
}

function lengthBlocks({ text }: DataProfile): Block[] {
  const { edges, rows } = text.histogram;
  const figure: Figure = {
    type: 'figure',
    id: 'lengths',
    file: null,
    caption: 'Texts by their number of characters; the last bin holds all that are longer.',
    drawing: buildHistogram({
      title: 'Length of the texts',
      xLabel: 'Characters',
      edges,
      series: [{ name: 'texts', counts: rows }],
    }),
  };
  const numbers = (name: string, { min, p05, median, mean, p95, p99, max }: typeof text.characters) => [
    name,
    ...[min, p05, median].map(formatCount),
    mean.toFixed(1),
    ...[p95, p99, max].map(formatCount),
  ];
  return [
    heading('Texts'),
    figure,
    {
      type: 'table',
      caption: `Lengths of the texts in column ${text.column}`,
      columns: [
        { title: 'Length in' },
        ...['Least', '5 %', 'Median', 'Mean', '95 %', '99 %', 'Most'].map(title => ({ title, numeric: true })),
      ],
      rows: [numbers('characters', text.characters), numbers('words', text.words)],
    },
  ];
}

function columnBlocks({ columns, rows, columnsSkipped }: DataProfile): Block[] {
  return [
    heading('Columns'),
    {
      type: 'table',
      caption:
        columnsSkipped === 0
          ? 'What the columns hold'
          : `What the first ${columns.length} columns hold; ${countNoun(columnsSkipped, 'more')} were not looked at`,
      columns: [
        { title: 'Column' },
        { title: 'Role' },
        { title: 'Type' },
        ...['Without value', 'Different values', 'Least', 'Most'].map(title => ({ title, numeric: true })),
      ],
      rows: columns.map(({ name, role, type, nulls, distinct, distinctExact, min, max }) => [
        { code: tidyLabel(name) },
        role,
        type,
        share(nulls, rows),
        `${distinctExact ? '' : '≈ '}${groupDigits(distinct)}`,
        min === null ? '–' : String(min),
        max === null ? '–' : String(max),
      ]),
    },
  ];
}

function repetitionBlocks({ duplicates, leakage, rows, labelling }: DataProfile): Block[] {
  const { exact, sampled, examples } = duplicates;
  const facts: (readonly Inline[])[] = [
    ['Different texts', groupDigits(duplicates.distinct)],
    ['Rows with a text that came before', share(duplicates.rows, rows)],
    ...(labelling === null
      ? []
      : [['Rows whose text has another label elsewhere', share(duplicates.contradictingRows, rows)]]),
    ...(leakage === null ? [] : [[`Rows whose text is in ${nameOf(leakage.against)} too`, share(leakage.rows, rows)]]),
    [
      'How they were compared',
      exact ? 'all with all' : `estimated from ${percent(sampled)} of the texts, chosen by hash`,
    ],
  ];
  return [
    heading('Repetition'),
    {
      type: 'table',
      caption: 'Texts that occur more than once, byte for byte',
      columns: [{ title: 'Texts' }, { title: 'Found', wide: true }],
      rows: facts,
    },
    ...exampleTable('Repeated texts', examples),
    ...(leakage === null ? [] : exampleTable(`Texts that ${nameOf(leakage.against)} has too`, leakage.examples)),
  ];
}

function exampleTable(caption: string, examples: readonly Example[]): Block[] {
  if (examples.length === 0) return [];
  return [
    {
      type: 'table',
      caption: `${caption}: examples`,
      columns: [{ title: 'Row' }, { title: 'Text', wide: true }],
      rows: examples.map(({ row, text }) => [groupDigits(row), text]),
    },
  ];
}

function findingBlocks(title: string, caption: string, findings: readonly Finding[]): Block[] {
  if (findings.length === 0) return [heading(title), { type: 'paragraph', content: ['Nothing was found.'] }];
  return [
    heading(title),
    {
      type: 'table',
      caption,
      columns: [
        { title: 'Kind' },
        { title: 'What it is', wide: true },
        { title: 'Rows', numeric: true },
        { title: 'Share', numeric: true },
        { title: 'For instance', wide: true },
      ],
      rows: findings.map(({ name, what, rows, share: part, examples }) => [
        name,
        what,
        formatCount(rows),
        percent(part),
        examples[0] ? `row ${groupDigits(examples[0].row)}: ${examples[0].text}` : '',
      ]),
    },
  ];
}

function scriptBlocks({ scripts }: DataProfile): Block[] {
  const drawing = buildBarChart({
    title: 'Scripts',
    names: scripts.map(({ name }) => name),
    panels: [{ name: 'Share of the rows in %', values: scripts.map(each => 100 * each.share), marked: [] }],
  });
  const caption =
    'Rows by the script that most of their letters are of; none: texts without letters of a known script.';
  return [heading('Scripts'), { type: 'figure', id: 'scripts', file: null, caption, drawing }];
}

function fileTable({
  location,
  bytes,
  sha256,
  layout,
  description,
  badRows,
  badExamples,
  replacedFields,
}: DataProfile): Block {
  const bad = badExamples.map(({ line, reason }) => `line ${line}: ${reason}`).join('; ');
  return {
    type: 'table',
    caption: 'What was read',
    columns: [{ title: 'File' }, { title: 'Found', wide: true }],
    rows: [
      ['Name', nameOf(location)],
      ['Bytes', groupDigits(bytes)],
      ['SHA-256', { code: sha256 }],
      ['Layout', description],
      ['Columns', layout.columns.map(tidyLabel).join(', ')],
      ['Rows that cannot be read', bad === '' ? groupDigits(badRows) : `${groupDigits(badRows)} (${bad})`],
      ['Fields with invalid bytes', groupDigits(replacedFields)],
    ],
  };
}
