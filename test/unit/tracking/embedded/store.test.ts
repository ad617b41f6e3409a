import { describe, expect, test } from 'vitest';
import { failure, openTemp } from './stores.ts';

const INSERT = "INSERT INTO experiments (name, lifecycle_stage) VALUES (?, 'active')";

describe('work on a store', () => {
  test('is done wholly or not at all', async () => {
    const { store, tracker } = await openTemp();
    let tried = 0;
    await expect(
      store.write(() => {
        tried += 1;
        store.run(INSERT, 'half');
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    expect(tried).toBe(1);
    expect(await tracker.experiments.find('half')).toBeNull();
    await store.write(() => store.run(INSERT, 'whole'));
    expect(await tracker.experiments.find('whole')).not.toBeNull();
  });

  test('that only reads cannot write, and a store that is opened to read neither', async () => {
    const { file } = await openTemp();
    const { store } = await openTemp('read', file);
    await expect(store.write(() => store.run(INSERT, 'x'))).rejects.toMatchObject(failure('NOT_WRITABLE'));
    await expect(store.read(() => store.run(INSERT, 'x'))).rejects.toMatchObject(failure('NOT_WRITABLE'));
  });

  test('sees one state from its start to its end, whatever others do meanwhile', async () => {
    const { store, file } = await openTemp();
    const other = await openTemp('write', file);
    const count = () => store.get<{ n: number }>('SELECT count(*) AS n FROM experiments')?.n;
    const seen = await store.read(() => {
      const before = count();
      other.store.db.exec("INSERT INTO experiments (name, lifecycle_stage) VALUES ('meanwhile', 'active')");
      return [before, count()];
    });
    expect(seen).toEqual([1, 1]);
    expect(await store.read(count)).toBe(2);
  });

  test('what SQLite refuses is told in the words of a person who has a store', async () => {
    const { store } = await openTemp();
    await expect(store.write(() => store.run('INSERT INTO nowhere VALUES (1)'))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      hint: expect.stringContaining('sentops store check'),
    });
    await expect(
      store.write(() => store.run("INSERT INTO experiments (experiment_id, name) VALUES (0, 'again')")),
    ).rejects.toMatchObject(failure('DATA_INVALID'));
  });
});

describe('a store that somebody else writes to', () => {
  test('is waited for', async () => {
    const { store, file } = await openTemp();
    const other = await openTemp('write', file);
    other.store.db.exec('BEGIN IMMEDIATE');
    let tried = 0;
    const writing = store.write(() => {
      tried += 1;
      return store.run(INSERT, 'patient');
    });
    await new Promise(resolve => setTimeout(resolve, 120));
    expect(tried).toBe(0);
    other.store.db.exec('COMMIT');
    expect(await writing).toBe(1);
    expect(tried).toBe(1);
  });

  test('can be read meanwhile', async () => {
    const { tracker, file } = await openTemp();
    const other = await openTemp('write', file);
    other.store.db.exec('BEGIN IMMEDIATE');
    expect(await tracker.experiments.get('0')).not.toBeNull();
    other.store.db.exec('ROLLBACK');
  });

  test('for too long is LOCKED, and the store is as good as before', async () => {
    const { store, tracker, file } = await openTemp('write', undefined, { patienceMs: 60 });
    const other = await openTemp('write', file);
    other.store.db.exec('BEGIN IMMEDIATE');
    await expect(store.write(() => store.run(INSERT, 'x'))).rejects.toMatchObject({
      code: 'LOCKED',
      message: expect.stringContaining(file),
    });
    other.store.db.exec('COMMIT');
    await tracker.experiments.create({ name: 'x' });
  });

  test('is no longer waited for when the command is interrupted; what needs no wait is done all the same', async () => {
    const stop = new AbortController();
    const { store, tracker, file } = await openTemp('write', undefined, { signal: stop.signal });
    const other = await openTemp('write', file);
    other.store.db.exec('BEGIN IMMEDIATE');
    const writing = store.write(() => store.run(INSERT, 'x'));
    stop.abort(new Error('Ctrl-C'));
    await expect(writing).rejects.toThrow('Ctrl-C');
    other.store.db.exec('COMMIT');
    const run = await tracker.runs.create({ experimentId: '0' });
    await tracker.runs.update(run.runId, { status: 'KILLED' });
    expect(await tracker.runs.get(run.runId)).toMatchObject({ status: 'KILLED' });
  });

  test('and that is not in WAL mode, as MLflow makes it, is shared all the same', async () => {
    const { store, file } = await openTemp();
    store.db.exec('PRAGMA journal_mode = DELETE');
    const reader = await openTemp('read', file);
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => store.write(() => store.run(INSERT, `e${i}`))).concat(
        Array.from({ length: 10 }, () => reader.store.read(() => 0)),
      ),
    );
    reader.store.db.exec('BEGIN');
    reader.store.db.prepare('SELECT count(*) FROM experiments').get();
    const writing = store.write(() => store.run(INSERT, 'behind a reader'));
    await new Promise(resolve => setTimeout(resolve, 120));
    reader.store.db.exec('COMMIT');
    expect(await writing).toBe(1);
    expect(await reader.tracker.experiments.find('behind a reader')).not.toBeNull();
  });
});
