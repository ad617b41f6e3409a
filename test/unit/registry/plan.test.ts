import { describe, expect, test } from 'vitest';
import { planChange } from '../../../src/lib/registry/plan.ts';
import type { ModelVersion, Stage } from '../../../src/lib/tracking/entities.ts';

function versions(...stages: readonly Stage[]): ModelVersion[] {
  return stages.map((stage, index) => ({ version: index + 1, stage }) as ModelVersion);
}

const mlflow = { registryMode: 'both', stageAliases: { Production: 'champion', Staging: 'challenger' } } as const;
const TARGET = { stage: 'Production', alias: 'champion' } as const;

function plan(stages: readonly Stage[], aliases: Record<string, number>, to: number, more: object = {}) {
  const model = { name: 'm', aliases } as never;
  return planChange({ model, versions: versions(...stages), target: TARGET, to, mlflow, ...more });
}

describe('what has to be written', () => {
  test('is nothing where all is as it should be', () => {
    expect(plan(['Archived', 'Production'], { champion: 2 }, 2)).toEqual([]);
  });

  test('is only what is missing', () => {
    expect(plan(['Archived', 'Production'], { champion: 1 }, 2)).toEqual([
      { kind: 'alias', alias: 'champion', version: 2 },
    ]);
    expect(plan(['Production', 'None'], { champion: 2 }, 2)).toEqual([
      { kind: 'stage', version: 2, stage: 'Production', archives: [1] },
    ]);
  });

  test('archives whatever else is in the stage, also when the version is there', () => {
    expect(plan(['Production', 'Production', 'Production'], { champion: 3 }, 3)).toEqual([
      { kind: 'stage', version: 3, stage: 'Production', archives: [1, 2] },
    ]);
  });

  test('leaves versions in stages that hold several', () => {
    const target = { stage: 'Archived', alias: null };
    expect(plan(['Archived', 'None'], {}, 2, { target })).toEqual([
      { kind: 'stage', version: 2, stage: 'Archived', archives: [] },
    ]);
  });

  test('takes the alias of the stage that the version left, and no other', () => {
    const aliases = { champion: 1, challenger: 2, blue: 2 };
    expect(plan(['Production', 'Staging'], aliases, 2)).toEqual([
      { kind: 'stage', version: 2, stage: 'Production', archives: [1] },
      { kind: 'alias', alias: 'champion', version: 2 },
      { kind: 'delete-alias', alias: 'challenger', version: 2 },
    ]);
    expect(plan(['Production', 'Staging'], { ...aliases, challenger: 1 }, 2)).toHaveLength(2);
  });

  test('leaves aliases alone where they do not stand for stages', () => {
    const rules = { mlflow: { ...mlflow, registryMode: 'stages' }, target: { stage: 'Production', alias: null } };
    expect(plan(['Production', 'Staging'], { challenger: 2 }, 2, rules)).toEqual([
      { kind: 'stage', version: 2, stage: 'Production', archives: [1] },
    ]);
    expect(plan(['Production', 'Staging'], { challenger: 2 }, 2, { target: { stage: null, alias: 'blue' } })).toEqual([
      { kind: 'alias', alias: 'blue', version: 2 },
    ]);
  });

  test('points the alias of Archived at the newest that was archived', () => {
    const stageAliases = { ...mlflow.stageAliases, Archived: 'previous' };
    expect(
      plan(['Production', 'Production', 'None'], { champion: 2 }, 3, { mlflow: { ...mlflow, stageAliases } }).at(-1),
    ).toEqual({
      kind: 'alias',
      alias: 'previous',
      version: 2,
    });
  });
});
