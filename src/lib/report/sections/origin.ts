import type { Block, Inline, Table } from '../document.ts';
import { formatBytes, formatCount, formatSeconds, formatShare, NONE } from '../format.ts';
import type { DataFingerprint, PartSizes, ReportedLabels, ReportedModel, ReportedRun, Timing } from '../types.ts';

const MOST_LABELS = 100;

/** Which bytes the model was made from. */
export function dataTable(data: readonly DataFingerprint[]): Table {
  return {
    type: 'table',
    caption: 'Files read',
    columns: [
      { title: 'Role' },
      { title: 'File' },
      { title: 'Size', numeric: true },
      { title: 'Rows', numeric: true },
      { title: 'Bad rows', numeric: true },
      { title: 'SHA-256', wide: true },
    ],
    rows: data.map(file => [
      file.role,
      file.file,
      formatBytes(file.bytes),
      formatCount(file.rows),
      formatCount(file.badRows),
      file.sha256 === null ? NONE : { code: file.sha256 },
    ]),
  };
}

export function sizesTable(sizes: PartSizes): Table {
  const total = sizes.train + sizes.validation + sizes.test;
  // An evaluation has rows of one part only.
  const parts = (['train', 'validation', 'test'] as const).filter(
    part => total === 0 || sizes.train > 0 || sizes[part] > 0,
  );
  return {
    type: 'table',
    caption: 'Rows used',
    columns: [{ title: 'Part' }, { title: 'Rows', numeric: true }, { title: 'Share', numeric: true }],
    rows: parts.map(part => [part, formatCount(sizes[part]), formatShare(sizes[part], total)]),
  };
}

export function labelBlocks(labels: ReportedLabels): Block[] {
  const blocks: Block[] = [
    {
      type: 'table',
      caption: 'What the labels of the file were taken for',
      columns: [{ title: 'Label' }, { title: 'Class' }, { title: 'Rows', numeric: true }],
      rows: labels.mapping
        .slice(0, MOST_LABELS)
        .map(({ from, to, rows }) => [from, to, rows === null ? NONE : formatCount(rows)]),
    },
  ];
  if (labels.mapping.length > MOST_LABELS) {
    const content = [`The first ${MOST_LABELS} of ${formatCount(labels.mapping.length)} labels.`];
    blocks.push({ type: 'paragraph', content });
  }
  if (labels.dropped.length > 0) {
    blocks.push({
      type: 'table',
      caption: 'Rows left out for their label',
      columns: [{ title: 'Label' }, { title: 'Rows', numeric: true }, { title: 'Why' }],
      rows: labels.dropped.slice(0, MOST_LABELS).map(({ label, rows, reason }) => [label, formatCount(rows), reason]),
    });
  }
  return blocks;
}

export function paramsTable(model: ReportedModel): Table {
  const rows: Inline[][] = Object.entries(model.params).map(([name, value]) => [
    { code: name },
    { code: String(value) },
  ]);
  return { type: 'table', caption: 'Parameters', columns: [{ title: 'Name' }, { title: 'Value' }], rows };
}

export function runTable(run: ReportedRun): Table {
  const { environment } = run;
  return {
    type: 'table',
    caption: 'Environment',
    columns: [{ title: 'What' }, { title: 'Value' }],
    rows: [
      ['Finished', run.finishedAt],
      ['Seed', run.seed === null ? NONE : { code: String(run.seed) }],
      ['Git commit', run.gitCommit === null ? NONE : { code: run.gitCommit }],
      ['sentops', environment.sentops],
      ['Node.js', environment.node],
      ['Platform', environment.platform],
      ['CPU', environment.cpu],
    ],
  };
}

export function timingsTable(timings: readonly Timing[]): Table {
  return {
    type: 'table',
    caption: 'Time spent',
    columns: [{ title: 'Step' }, { title: 'Time', numeric: true }],
    rows: timings.map(({ name, seconds }) => [name, formatSeconds(seconds)]),
  };
}
