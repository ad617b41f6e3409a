import { countNoun } from '../../lib/core/count-noun.ts';
import { quoteWord } from '../../lib/core/shell-word.ts';
import type { AuditEvent } from '../../lib/registry/audit.ts';
import type { CopyReport } from '../../lib/registry/copy.ts';
import type { ModelDescription } from '../../lib/registry/describe-model.ts';
import type { Registration } from '../../lib/registry/registration.ts';
import type { VersionRow } from '../../lib/registry/version-row.ts';
import { showMoment } from '../output/moment.ts';
import type { View } from '../output/view.ts';
import { formatAmount } from '../progress/amounts.ts';

export function renderModel(result: ModelDescription, view: View): void {
  const { name, versions, total, history } = result;
  view.facts({
    model: name,
    description: result.description === '' ? undefined : result.description,
    stages: joinPairs(result.stages),
    aliases: joinPairs(result.aliases, '@'),
    versions: total,
    created: showMoment(result.createdAt),
    updated: showMoment(result.updatedAt),
    tags: Object.keys(result.tags).length === 0 ? undefined : joinTags(result.tags),
  });
  const [only] = versions;
  if (only && versions.length === 1) renderVersion(only, view);
  else renderVersions(versions, total, view);
  if (history !== null) renderHistory(history, view);
  else view.next([`sentops model describe ${quoteWord(name)} --history`]);
}

function renderVersion(version: VersionRow, view: View): void {
  view.heading(`Version ${version.version}`);
  view.facts({
    stage: version.stage,
    aliases: version.aliases.length === 0 ? undefined : version.aliases.join(', '),
    status: version.statusMessage ? `${version.status}: ${version.statusMessage}` : version.status,
    run: version.runId === null ? undefined : `${version.run ?? '(gone)'} (${version.runId})`,
    accuracy: version.accuracy ?? undefined,
    f1: version.f1 ?? undefined,
    description: version.description === '' ? undefined : version.description,
    created: showMoment(version.createdAt),
    source: version.source,
    files: version.artifactUri === version.source ? undefined : version.artifactUri,
    tags: Object.keys(version.tags).length === 0 ? undefined : joinTags(version.tags),
  });
}

function renderVersions(versions: readonly VersionRow[], total: number, view: View): void {
  if (versions.length === 0) {
    view.line('It has no version.');
    return;
  }
  view.heading(versions.length < total ? `The newest ${versions.length} versions` : 'Versions');
  view.table(versions, [
    { title: 'version', value: row => row.version, align: 'right' },
    { title: 'stage', value: row => row.stage },
    { title: 'aliases', value: row => row.aliases.join(', ') },
    { title: 'accuracy', value: row => row.accuracy?.toFixed(4) ?? '-', align: 'right' },
    { title: 'run', value: row => row.run ?? row.runId?.slice(0, 8) ?? '-' },
    { title: 'created', value: row => showMoment(row.createdAt) },
  ]);
}

function renderHistory(history: readonly AuditEvent[], view: View): void {
  view.heading('History');
  if (history.length === 0) {
    view.line('Nothing was recorded.');
    return;
  }
  view.table(history, [
    { title: 'at', value: event => showMoment(event.at) },
    { title: 'what', value: event => `${event.action}${event.forced ? ' (forced)' : ''}` },
    { title: 'of', value: event => [event.stage, event.alias && `@${event.alias}`].filter(Boolean).join(' ') },
    { title: 'change', value: event => `${event.from ?? '-'} → ${event.to ?? '-'}` },
    { title: 'outcome', value: event => showOutcome(event, view) },
    { title: 'evidence', value: event => describeEvidence(event) },
    { title: 'by', value: event => event.by },
  ]);
}

function showOutcome({ outcome, reason }: AuditEvent, { style }: View): string {
  if (outcome === 'done') return style.ok('done');
  if (outcome === 'started') return style.warn('stopped half-way');
  return `${style.bad('refused')}${reason === null ? '' : `: ${reason}`}`;
}

function describeEvidence({ evidence }: AuditEvent): string {
  if (evidence === null) return '-';
  const { metric, candidate, champion, pValue, rows } = evidence;
  const values = [champion, candidate].filter(value => value !== null).map(value => value.toFixed(4));
  return [
    `${metric} ${values.join(' → ')}`,
    ...(pValue === null ? [] : [`p ${pValue.toPrecision(2)}`]),
    ...(rows === null ? [] : [countNoun(rows, 'row')]),
  ].join(', ');
}

export function renderRegistration(result: Registration, view: View): void {
  const { model, version, created, dryRun, source, runId, uploaded, format, flavors } = result;
  const named = version === null ? 'a version' : `version ${version}`;
  if (!created) view.line(`${view.style.ok()} ${model} has it already, as ${named}`);
  else if (dryRun) view.line(`Would register ${named} of ${model}`);
  else view.line(`${view.style.ok()} Registered ${named} of ${model}`);
  view.facts({
    form: flavors.length === 0 ? format : `${format} (${flavors.join(', ')})`,
    files: uploaded === null ? undefined : describeFiles(uploaded, dryRun),
    source: source ?? undefined,
    run: runId ?? undefined,
  });
  if (version !== null && !dryRun)
    view.next([`sentops model promote ${quoteWord(model)} --version ${version} --to Production`]);
}

export function renderCopy({ from, to, created, dryRun, source, uploaded }: CopyReport, view: View): void {
  const what = `${from.model} version ${from.version}`;
  const target = `${to.model}${to.version === null ? '' : ` version ${to.version}`} in ${to.uri}`;
  if (!created) view.line(`${view.style.ok()} ${what} is there already, as ${target}`);
  else if (dryRun) view.line(`Would copy ${what} to ${target}`);
  else view.line(`${view.style.ok()} Copied ${what} to ${target}`);
  view.facts({ files: uploaded === null ? undefined : describeFiles(uploaded, dryRun), source: source ?? undefined });
}

function describeFiles({ files, bytes }: { files: number; bytes: number }, dryRun: boolean): string {
  return `${countNoun(files, 'file')}, ${formatAmount(bytes, 'bytes')}, ${dryRun ? 'to upload' : 'uploaded'}`;
}

function joinPairs(pairs: Readonly<Record<string, number>>, mark = ''): string | undefined {
  const entries = Object.entries(pairs);
  return entries.length === 0 ? undefined : entries.map(([key, value]) => `${mark}${key} = ${value}`).join(', ');
}

function joinTags(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
