import { describe, expect, test } from 'vitest';
import { readRules } from '../../../src/lib/registry/promotion-rules.ts';
import { chooseTarget, describeTarget, flagsOfTarget, readStage } from '../../../src/lib/registry/promotion-target.ts';

const stageAliases = { Production: 'champion', Staging: 'challenger' };
const both = { registryMode: 'both', stageAliases } as const;
const stages = { registryMode: 'stages', stageAliases } as const;
const aliases = { registryMode: 'aliases', stageAliases } as const;
const ask = (to?: string, alias?: string) => ({ to, alias });

describe('what is set', () => {
  test('is Production, as the project has it, where nothing is named', () => {
    expect(chooseTarget(ask(), both)).toEqual({ stage: 'Production', alias: 'champion' });
    expect(chooseTarget(ask(), stages)).toEqual({ stage: 'Production', alias: null });
    expect(chooseTarget(ask(), aliases)).toEqual({ stage: null, alias: 'champion' });
  });

  test('is the stage with its alias, or the alias with its stage', () => {
    expect(chooseTarget(ask('staging'), both)).toEqual({ stage: 'Staging', alias: 'challenger' });
    expect(chooseTarget(ask(undefined, 'challenger'), both)).toEqual({ stage: 'Staging', alias: 'challenger' });
    expect(chooseTarget(ask(undefined, 'blue'), both)).toEqual({ stage: null, alias: 'blue' });
    expect(chooseTarget(ask('Production'), { ...both, stageAliases: {} })).toEqual({
      stage: 'Production',
      alias: null,
    });
  });

  test('is exactly what is named where both are', () => {
    for (const rules of [both, stages, aliases])
      expect(chooseTarget(ask('Staging', 'champion'), rules)).toEqual({ stage: 'Staging', alias: 'champion' });
  });

  test('cannot be what the project does not set', () => {
    expect(() => chooseTarget(ask(undefined, 'champion'), stages)).toThrow(
      expect.objectContaining({ code: 'FLAG_INVALID', hint: 'give --to Production, or both --to and --alias' }),
    );
    expect(() => chooseTarget(ask('Production'), { ...aliases, stageAliases: {} })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  test('is told, and asked for again', () => {
    const target = chooseTarget(ask(), both);
    expect([describeTarget(target), flagsOfTarget(target)]).toEqual(['Production and @champion', '--to Production']);
    const alone = chooseTarget(ask(undefined, 'blue'), aliases);
    expect([describeTarget(alone), flagsOfTarget(alone)]).toEqual(['@blue', '--alias blue']);
  });
});

test('a stage is known however it is written', () => {
  expect(['production', ' Staging ', 'NONE', 'archived'].map(text => readStage(text, '--to'))).toEqual([
    'Production',
    'Staging',
    'None',
    'Archived',
  ]);
  expect(() => readStage('prod', '--to')).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' }));
});

describe('the rules of a gate', () => {
  const config = { metric: 'accuracy', minDelta: 0.01, minSamples: 50, test: 'mcnemar', alpha: 0.05 } as const;
  const unset = { minAccuracy: undefined, minF1: undefined };

  test('are those of the project; a floor that it does not set is none', () => {
    expect(readRules({ ...config, ...unset })).toEqual({ ...config, minAccuracy: null, minF1: null });
    const set = { ...config, minAccuracy: 0.8, minF1: 0 };
    expect(readRules(set)).toEqual(set);
  });

  test('compare by a metric that can be compared', () => {
    expect(() => readRules({ ...config, ...unset, metric: 'rouge' })).toThrow(
      expect.objectContaining({ code: 'FLAG_INVALID', hint: expect.stringMatching(/accuracy, f1, auc/) }),
    );
  });
});
