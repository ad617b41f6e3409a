import { countNoun } from '../../lib/core/count-noun.ts';
import { quoteWord } from '../../lib/core/shell-word.ts';
import type { Evidence, PromotionCheck } from '../../lib/registry/decide.ts';
import type { DeletedModel } from '../../lib/registry/delete-model.ts';
import type { PlanStep } from '../../lib/registry/plan.ts';
import type { PromotionReport } from '../../lib/registry/promotion-scene.ts';
import type { RollbackReport } from '../../lib/registry/rollback.ts';
import type { AliasChange, StageChange } from '../../lib/registry/set-pointer.ts';
import type { TaggedModel } from '../../lib/registry/tag-model.ts';
import type { View } from '../output/view.ts';

type Target = PromotionReport['target'];

export function renderPromotion(result: PromotionReport, view: View): void {
  const { model, version, target, decision, champion, evidence, checks, dryRun, forced } = result;
  const what = `version ${version} of ${model}`;
  const place = describePlace(target);
  for (const note of result.notes) view.line(`${view.style.warn()} ${note}`);
  if (evidence) renderEvidence(result, evidence, view);
  if (checks.length > 0) renderChecks(checks, view);
  if (decision === 'already') view.line(`${view.style.ok()} ${capital(what)} is ${place} already`);
  else if (decision === 'promote') {
    const before = champion === null ? '' : `, after version ${champion}`;
    const said = dryRun ? `${capital(what)} would become ${place}` : `${view.style.ok()} ${capital(what)} is ${place}`;
    view.line(`${said}${before}${forced ? `; forced: ${result.reason}` : ''}`);
    renderSteps(result.steps, view);
  }
  if (result.promoted)
    view.next([
      `sentops score --model-name ${quoteWord(model)} ${servingFlag(target)} "I love this!"`,
      ...(champion === null ? [] : [`sentops model rollback ${quoteWord(model)} ${placeFlag(target)}`]),
    ]);
}

function renderEvidence({ version, champion, metric, delta }: PromotionReport, evidence: Evidence, view: View): void {
  const { kind, data, rows, candidate, significance } = evidence;
  const measured = rows === null ? data.name : `${data.name}, ${countNoun(rows, 'row')}`;
  view.facts({ data: `${measured} (${kind === 'evaluated' ? 'scored now' : 'recorded by the runs'})` });
  const models = [
    { name: `version ${version}`, measures: candidate, alone: significance?.onlyCandidate },
    ...(evidence.champion && champion !== null
      ? [{ name: `version ${champion} (serves)`, measures: evidence.champion, alone: significance?.onlyChampion }]
      : []),
  ];
  view.table(models, [
    { title: 'model', value: row => row.name },
    { title: 'accuracy', value: row => show(row.measures.accuracy), align: 'right' },
    { title: 'f1', value: row => show(row.measures.f1), align: 'right' },
    ...(metric === 'accuracy' || metric === 'f1'
      ? []
      : [
          {
            title: metric,
            value: (row: (typeof models)[number]) => show(row.measures[metric as keyof Evidence['candidate']]),
            align: 'right' as const,
          },
        ]),
    { title: 'right alone', value: row => row.alone ?? '-', align: 'right' },
  ]);
  if (delta !== null) view.facts({ gain: `${delta >= 0 ? '+' : ''}${delta.toFixed(4)} ${metric}` });
}

function renderChecks(checks: readonly PromotionCheck[], view: View): void {
  for (const { met, name, detail } of checks) {
    const mark = met === null ? view.style.dim('-') : met ? view.style.ok() : view.style.bad();
    view.line(`${mark} ${name}: ${detail}`);
  }
}

export function renderRollback(
  { model, target, from, to, steps, dryRun, resumed, served }: RollbackReport,
  view: View,
): void {
  const change = `${describePlace(target)} of ${model}: version ${from ?? '-'} → ${to}`;
  const how = resumed ? ' (completes a rollback that was stopped)' : '';
  view.line(dryRun ? `Would set ${change}${how}` : `${view.style.ok()} ${change}${how}`);
  view.facts({ served: served.length === 0 ? undefined : served.join(' → ') });
  renderSteps(steps, view);
  if (!dryRun) view.next([`sentops model describe ${quoteWord(model)} --history`]);
}

function renderSteps(steps: readonly PlanStep[], view: View): void {
  for (const step of steps) view.line(`  ${describeStep(step)}`);
}

function describeStep(step: PlanStep): string {
  if (step.kind === 'alias') return `alias ${step.alias} → version ${step.version}`;
  if (step.kind === 'delete-alias') return `alias ${step.alias} of version ${step.version} is deleted`;
  const archived = step.archives.length === 0 ? '' : `; ${describeVersions(step.archives)} → Archived`;
  return `version ${step.version} → ${step.stage}${archived}`;
}

export function renderAlias({ model, alias, before, after, dryRun }: AliasChange, view: View): void {
  if (before === after) {
    view.line(`${alias} of ${model} is version ${after} already`);
    return;
  }
  const change = `${alias} of ${model}: ${pointer(before)} → ${pointer(after)}`;
  view.line(dryRun ? `Would set ${change}` : `${view.style.ok()} ${change}`);
}

export function renderStage({ model, version, before, after, archived, dryRun }: StageChange, view: View): void {
  if (before === after && archived.length === 0) {
    view.line(`version ${version} of ${model} is in ${after} already`);
    return;
  }
  const change = `version ${version} of ${model}: ${before} → ${after}`;
  view.line(dryRun ? `Would move ${change}` : `${view.style.ok()} ${change}`);
  if (archived.length > 0) view.line(`  ${describeVersions(archived)} → Archived`);
}

export function renderTags({ model, version, changes, dryRun }: TaggedModel, view: View): void {
  view.line(
    `${dryRun ? 'Would tag' : `${view.style.ok()} Tagged`} ${model}${version === null ? '' : ` version ${version}`}`,
  );
  view.table(changes, [
    { title: 'tag', value: change => change.key },
    { title: 'was', value: change => change.before ?? '-' },
    { title: 'is', value: change => change.after ?? '(deleted)' },
  ]);
}

export function renderDeletion({ model, version, versions, aliases, dryRun }: DeletedModel, view: View): void {
  const what =
    version === null ? `${model} with ${countNoun(versions.length, 'version')}` : `version ${version} of ${model}`;
  view.line(dryRun ? `Would delete ${what}` : `${view.style.ok()} Deleted ${what}`);
  if (aliases.length > 0) view.line(`  with the alias${aliases.length === 1 ? '' : 'es'} ${aliases.join(', ')}`);
  if (!dryRun) view.aside('The files of the model are where they were.');
}

function describePlace({ stage, alias }: Target): string {
  return [stage, alias && `@${alias}`].filter(Boolean).join(' and ');
}

function placeFlag({ stage, alias }: Target): string {
  return stage === null ? `--alias ${alias}` : `--to ${stage}`;
}

function servingFlag({ stage, alias }: Target): string {
  return alias === null ? `--model-stage ${stage}` : `--model-alias ${alias}`;
}

function describeVersions(versions: readonly number[]): string {
  return `version${versions.length === 1 ? '' : 's'} ${versions.join(', ')}`;
}

function pointer(version: number | null): string {
  return version === null ? 'nothing' : `version ${version}`;
}

function show(value: number | null): string {
  return value === null ? '-' : value.toFixed(4);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
