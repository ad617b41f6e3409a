import type { StreamBatch, StreamSink } from '../../stream/types.ts';
import { must, type Step } from './steps.ts';

const ROWS = ['What a lovely day', 'Never again', 'Grüße, 世界 🎉'].map((text, index) => ({
  fields: { id: String(index + 1), text, prediction: index === 1 ? 0 : 1, probability: null },
  origin: { partition: 'check', offset: String(index) },
}));

const batch = (id: number, records: StreamBatch['records']): StreamBatch => ({
  id,
  records,
  positions: { check: String(records.length) },
});

export async function checkStreamSink(sink: StreamSink, step: Step): Promise<void> {
  await step('says how it delivers', () => {
    must(
      sink.delivery === 'exactly-once' || sink.delivery === 'at-least-once',
      `delivery is ${JSON.stringify(sink.delivery)}, neither exactly-once nor at-least-once`,
    );
    return sink.delivery;
  });
  await step('opens', () => sink.open());
  try {
    await step('takes a batch of three rows', () => sink.write(batch(0, ROWS)));
    await step('flushes', () => sink.flush());
    await step('takes the same batch again, as after a crash', () => sink.write(batch(0, ROWS)));
    await step('takes an empty batch', () => sink.write(batch(1, [])));
    await step('flushes again', () => sink.flush());
  } finally {
    await step('closes', () => sink.close());
  }
}
