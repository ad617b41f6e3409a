import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowBuilder } from '../../../../src/lib/train/fit/row-builder.ts';
import { shareRows } from '../../../../src/lib/train/fit/share-rows.ts';

const view = (indices: readonly number[]) => ({
  count: indices.length,
  // Longer than the row, as a view that is used again and again is.
  indices: Int32Array.from([...indices, 99]),
  values: Float64Array.from([...indices.map(index => index / 2), 99]),
});

test('rows come out as they went in, whatever their number and length', () => {
  const rows = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 5000 }), { maxLength: 60 }), { maxLength: 40 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 60 }), (made, repeat) => {
      const builder = new RowBuilder(5001);
      for (let turn = 0; turn < repeat; turn++) for (const row of made) builder.add(view(row));
      const { starts, indices, values, columns } = builder.build();
      expect([columns, builder.rows, starts.length]).toEqual([5001, made.length * repeat, made.length * repeat + 1]);
      for (let row = 0; row < builder.rows; row++) {
        const wanted = made[row % made.length] ?? [];
        expect([...indices.subarray(starts[row], starts[row + 1])]).toEqual(wanted);
        expect([...values.subarray(starts[row], starts[row + 1])]).toEqual(wanted.map(index => index / 2));
      }
    }),
    { numRuns: 40 },
  );
});

test('a row longer than all the room there was finds room', () => {
  const builder = new RowBuilder(200_000);
  builder.add(view(Array.from({ length: 150_000 }, (_, at) => at)));
  builder.add(view([7]));
  expect(builder.build().indices.at(-1)).toBe(7);
  expect(builder.build().starts.at(-1)).toBe(150_001);
});

test('the view may be overwritten, and later rows do not show in what was built', () => {
  const builder = new RowBuilder(10);
  const row = view([3]);
  builder.add(row);
  row.indices[0] = 5;
  const built = builder.build();
  builder.add(view([1, 2]));
  expect([...built.indices]).toEqual([3]);
  expect([...built.starts]).toEqual([0, 1]);
});

test('memory is shared from the start, so threads get no copy', () => {
  const builder = new RowBuilder(10);
  builder.add(view([3]));
  const features = builder.build();
  const shared = shareRows({ features, labels: Int32Array.of(1), classes: 2 });
  expect(shared.features.values.buffer).toBe(features.values.buffer);
  expect(shared.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...shared.labels]).toEqual([1]);
});
