import { describe, expect, test } from 'vitest';
import { betterWay, compareMetrics } from '../../../src/lib/runs/metric-order.ts';

describe('betterWay', () => {
  test.for(['accuracy', 'val_f1', 'testAUC', 'roc-auc', 'cv/precision', 'r2', 'throughput', 'lossScore'])(
    'more of %s is better',
    metric => expect(betterWay(metric)).toBe('more'),
  );

  test.for(['loss', 'valLogLoss', 'val_log_loss', 'logloss', 'trainSeconds', 'latency_p99_ms', 'rmse', 'psi', 'fpr'])(
    'less of %s is better',
    metric => expect(betterWay(metric)).toBe('less'),
  );

  test.for(['rows', 'epoch', 'learning_rate', '', 'system/network_receive_megabytes', 'system.latency'])(
    'nothing is said about %j',
    metric => expect(betterWay(metric)).toBe(null),
  );
});

test('metrics stand in the order in which a person looks for them', () => {
  const wanted = [
    'accuracy',
    'test_accuracy',
    'val_accuracy',
    'train_accuracy',
    'auc',
    'f1',
    'precision',
    'recall',
    'logLoss',
    'loss',
    'trainSeconds',
    'epoch',
    'rows',
    'system/cpu',
  ];
  expect(wanted.toReversed().sort(compareMetrics)).toEqual(wanted);
});

test('equal names are equal', () => {
  expect(compareMetrics('f1', 'f1')).toBe(0);
});
