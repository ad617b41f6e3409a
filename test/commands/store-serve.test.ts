import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';
import { startServe } from '../helpers/serve-process.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-serve-'));
  fs.writeFileSync(path.join(folder, 'sentops.yaml'), 'version: 1\n');
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function post(url: string, route: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/api/2.0/mlflow/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, unknown>;
}

describe('store serve', () => {
  test('with --json says one line when it is ready, and ends with 0 when it is told to', async () => {
    const server = await startServe(folder, ['--json']);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
    const store = path.join(folder, '.sentops/mlflow');
    expect(server.printed.stdout).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(server.printed.stdout)).toEqual({
      schemaVersion: 1,
      listening: true,
      url: server.url,
      host: '127.0.0.1',
      port: Number(new URL(server.url).port),
      pid: expect.any(Number),
      store: path.join(store, 'mlflow.db'),
      artifacts: path.join(store, 'artifacts'),
      auth: 'none',
    });
    expect(server.printed.stderr).toBe('');
  });

  test('tells a person how to log to it, and ends with 0 at Ctrl-C', async () => {
    const server = await startServe(folder);
    await post(server.url, 'experiments/search', { max_results: 1 });
    expect(await server.end('SIGINT')).toBe(0);
    expect(server.printed.stdout).toContain(`MLFLOW_TRACKING_URI=${server.url}`);
    expect(server.printed.stderr).toContain('stopped after 1 request');
    expect(server.printed.stderr).not.toContain('error');
  });

  test('with -q prints the bare address', async () => {
    const server = await startServe(folder, ['-q']);
    expect(server.printed.stdout).toBe(`${server.url}\n`);
    expect(await server.end()).toBe(0);
  });

  test('with -v logs requests to standard error, in JSON where asked for', async () => {
    const server = await startServe(folder, ['-v', '--log-format', 'json']);
    await fetch(`${server.url}/api/2.0/mlflow/experiments/get?experiment_id=0`);
    expect(await server.end()).toBe(0);
    const lines = server.printed.stderr
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
    expect(JSON.stringify(lines)).toMatch(/GET \/api\/2\.0\/mlflow\/experiments\/get 200/);
  });

  test('shares its store with a second server and with commands', async () => {
    const [one, two] = await Promise.all([startServe(folder, ['-q']), startServe(folder, ['-q'])]);
    const names = Array.from({ length: 20 }, (_, index) => `shared ${index}`);
    await Promise.all(
      names.map((name, index) => post((index % 2 === 0 ? one : two).url, 'experiments/create', { name })),
    );
    const { experiments } = await post(two.url, 'experiments/search', {
      max_results: 100,
      filter: "name LIKE 'shared %'",
    });
    expect(experiments).toHaveLength(20);
    const { stdout } = await runCli(['experiment', 'list', '--json'], { cwd: folder });
    expect(names.filter(name => stdout.includes(`"${name}"`))).toEqual(names);
    expect(await Promise.all([one.end(), two.end('SIGINT')])).toEqual([0, 0]);
  });

  test('takes the token from a file, and never prints it', async () => {
    fs.writeFileSync(path.join(folder, 'token.txt'), 'token-of-the-test\n', { mode: 0o600 });
    const server = await startServe(folder, ['-v', '--auth-token-file', 'token.txt']);
    const ask = (headers: Record<string, string>) =>
      fetch(`${server.url}/api/2.0/mlflow/experiments/get?experiment_id=0`, { headers });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: 'Bearer token-of-the-test' })).status).toBe(200);
    expect(await server.end()).toBe(0);
    expect(server.printed.stdout + server.printed.stderr).not.toContain('token-of-the-test');
  });

  test('takes the token from the environment; then other machines may come', async () => {
    const server = await startServe(folder, ['--json', '--host', '0.0.0.0'], {
      SENTOPS_STORE_TOKEN: 'token-of-the-test',
    });
    expect(JSON.parse(server.printed.stdout)).toMatchObject({ host: '0.0.0.0', auth: 'token' });
    expect((await fetch(`${server.url}/version`)).status).toBe(401);
    expect(await server.end()).toBe(0);
  });
});

describe('store serve does not start', () => {
  const run = (...args: string[]) => runCli(['store', 'serve', ...args, '--json'], { cwd: folder });
  const failure = async (...args: string[]) => {
    const { code, stdout } = await run(...args);
    const { error } = JSON.parse(stdout) as { error: { code: string; exit: number; message: string; hint: string } };
    expect(code).toBe(error.exit);
    return error;
  };

  test('for other machines without a token, unless that is said', async () => {
    const refused = await failure('--host', '0.0.0.0');
    expect([refused.code, refused.exit]).toEqual(['USAGE', 2]);
    expect(refused.hint).toMatch(/--auth-token-file.*--allow-anyone/);
    const server = await startServe(folder, ['-q', '--host', '0.0.0.0', '--allow-anyone']);
    expect(await server.end()).toBe(0);
  });

  test('on a port that is taken, and says the way around it', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => taken.once('listening', resolve));
    const { port } = taken.address() as net.AddressInfo;
    const refused = await failure('--port', String(port));
    taken.close();
    expect(refused).toMatchObject({ code: 'CONFLICT', exit: 6, message: expect.stringContaining(String(port)) });
    expect(refused.hint).toContain('--port 0');
  });

  test.each([
    [['--host', '203.0.113.9', '--allow-anyone'], 'FLAG_INVALID', /no address of this machine/],
    [['--mlflow-uri', 'http://127.0.0.1:5000'], 'CONFIG_INVALID', /no store on this machine/],
    [['--auth-token-file', 'absent.txt'], 'SECRET_UNREADABLE', /absent\.txt/],
    [['--port', '70000'], 'FLAG_INVALID', /70000|65535/],
  ])('with %o: %s', async (args, code, why) => {
    const refused = await failure(...args);
    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(why);
  });

  test('for a dry run, which makes nothing', async () => {
    const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-serve-dry-'));
    const { code, stdout } = await runCli(['store', 'serve', '--dry-run', '--json'], { cwd: empty, home: folder });
    const made = fs.readdirSync(empty);
    fs.rmSync(empty, { recursive: true });
    expect([code, made]).toEqual([0, []]);
    expect(JSON.parse(stdout)).toMatchObject({ listening: false, port: 5000, auth: 'none' });
  });
});
