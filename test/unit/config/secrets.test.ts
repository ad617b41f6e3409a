import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import util from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import { isSecret, type Secret } from '../../../src/lib/config/secret-type.ts';
import type { ProjectRequest } from '../../../src/lib/config/types.ts';
import { redactor } from '../../../src/lib/core/redact.ts';
import { failure, request, tempProject } from './temp-project.ts';

const isRoot = process.getuid?.() === 0;

/** The value of mlflow.auth.token, the field for a secret in these tests. */
async function tokenOf(
  files: Record<string, string>,
  more: Partial<ProjectRequest> = {},
): Promise<string | Secret | undefined> {
  return (await loadProject(request(tempProject(files), more))).config.mlflow.auth.token;
}

function asSecret(value: unknown): Secret {
  if (isSecret(value)) return value;
  throw new Error(`not a secret: ${String(value)}`);
}

function project(source: string, reference = '${secret.tok}'): string {
  return `secrets: { tok: ${source}, other: { env: OTHER } }\nmlflow: { auth: { token: "${reference}" } }\n`;
}

describe('a secret of the environment', () => {
  test('is read when it is used, from the environment or .env', async () => {
    const files = { 'sentops.yaml': project('{ env: TOK }') };
    expect(await asSecret(await tokenOf(files, { env: { TOK: 'env-token' } })).reveal()).toBe('env-token');
    expect(await asSecret(await tokenOf({ ...files, '.env': 'TOK="dot-token"\n' })).reveal()).toBe('dot-token');
  });

  test('that is not set is an error on use only, naming the variable', async () => {
    const token = asSecret(await tokenOf({ 'sentops.yaml': project('{ env: TOK }') }));
    const error = await failure(token.reveal());
    expect(error.code).toBe('SECRET_UNREADABLE');
    expect(error.message).toBe('the secret tok cannot be read: the environment variable TOK is not set');
    expect(error.hint).toContain('.env');
  });
});

describe('a secret of a file', () => {
  test('loses its last line break and no other', async () => {
    const files = { 'sentops.yaml': project('{ file: keys/tok }'), 'keys/tok': 'line one\nline two\n\n' };
    expect(await asSecret(await tokenOf(files)).reveal()).toBe('line one\nline two\n');
    expect(await asSecret(await tokenOf({ ...files, 'keys/tok': 'windows\r\n' })).reveal()).toBe('windows');
  });

  test('that cannot be read is an error naming the file', async () => {
    const gone = await failure(asSecret(await tokenOf({ 'sentops.yaml': project('{ file: keys/tok }') })).reveal());
    expect([gone.code, gone.message]).toEqual([
      'SECRET_UNREADABLE',
      'the secret tok cannot be read: the file keys/tok does not exist',
    ]);
    const folder = await failure(
      asSecret(await tokenOf({ 'sentops.yaml': project('{ file: keys }'), 'keys/x': '' })).reveal(),
    );
    expect(folder.message).toMatch(/the secret tok cannot be read from .*keys: it is a folder/);
  });

  test.skipIf(isRoot)('without permission says so (skipped as root, who may read everything)', async () => {
    const dir = tempProject({ 'sentops.yaml': project('{ file: tok }'), tok: 'x' });
    fs.chmodSync(path.join(dir, 'tok'), 0);
    const { config } = await loadProject(request(dir));
    expect((await failure(asSecret(config.mlflow.auth.token).reveal())).message).toContain('permission denied');
  });

  test('that everybody can read is told as a warning, once it is used', async () => {
    const dir = tempProject({ 'sentops.yaml': project('{ file: tok }'), tok: 'open-secret' });
    fs.chmodSync(path.join(dir, 'tok'), 0o644);
    const notes: unknown[] = [];
    const load = () => loadProject(request(dir, { report: event => notes.push(event) }));
    const token = asSecret((await load()).config.mlflow.auth.token);
    expect(notes).toEqual([]);
    await token.reveal();
    expect(notes).toMatchObject([{ type: 'note', level: 'warn' }]);
    fs.chmodSync(path.join(dir, 'tok'), 0o600);
    await asSecret((await load()).config.mlflow.auth.token).reveal();
    expect(notes).toHaveLength(1);
  });
});

describe('references to secrets', () => {
  test('a text around secrets is a secret as a whole', async () => {
    const token = asSecret(
      await tokenOf(
        { 'sentops.yaml': project('{ env: TOK }', 'Basic ${secret.tok}:${secret.other}!') },
        { env: { TOK: 'aaaa', OTHER: 'bbbb' } },
      ),
    );
    expect(token.names).toEqual(['tok', 'other']);
    expect(await token.reveal()).toBe('Basic aaaa:bbbb!');
  });

  test('a default stands in for a secret that is not defined, not set or not there', async () => {
    const undefinedOne = await tokenOf({ 'sentops.yaml': 'mlflow: { auth: { token: "${secret.none:-}" } }\n' });
    expect(undefinedOne).toBe('');
    const unset = await tokenOf({ 'sentops.yaml': project('{ env: TOK }', '${secret.tok:-plan b}') });
    expect(await asSecret(unset).reveal()).toBe('plan b');
    const missing = await tokenOf(
      { 'sentops.yaml': project('{ file: gone }', '${secret.tok:-${secret.other}}') },
      { env: { OTHER: 'from other' } },
    );
    expect(await asSecret(missing).reveal()).toBe('from other');
  });

  test('a field that is not made for one refuses it', async () => {
    for (const text of [
      'dataset: { ref: "${secret.tok}" }',
      'cluster: { api: { x: "a-${secret.tok}" } }',
      'train: { output: "${mlflow.auth.token}" }',
    ]) {
      const error = await failure(tokenOf({ 'sentops.yaml': `${project('{ env: TOK }')}${text}\n` }));
      expect(error.code).toBe('CONFIG_REFERENCE');
      expect(error.message).toContain('would show a secret');
      expect(error.place?.line).toBe(3);
    }
  });

  test('a source may refer to variables, which are needed only when it is read', async () => {
    const source = '{ file: "${var.folder}/tok" }';
    const files = {
      'sentops.yaml': `variables: { folder: { type: string } }\n${project(source)}`,
      'keys/tok': 'deep\n',
    };
    expect(await asSecret(await tokenOf(files, { vars: ['folder=keys'] })).reveal()).toBe('deep');
    const error = await failure(asSecret(await tokenOf(files)).reveal());
    expect(error.code).toBe('CONFIG_REFERENCE');
    expect(error.message).toContain('the variable folder has no value');
    expect(error.hint).toContain('--var folder=…');
  });

  test('printing one in any way shows its name', async () => {
    const token = asSecret(
      await tokenOf({ 'sentops.yaml': project('{ env: TOK }') }, { env: { TOK: 'printed-token-1' } }),
    );
    await token.reveal();
    for (const shown of [
      String(token),
      `${token}`,
      JSON.stringify({ token }),
      util.inspect({ token }),
      util.format('%s %o', token, token),
    ]) {
      expect(shown).toContain('[secret tok]');
      expect(shown).not.toContain('printed-token-1');
    }
  });

  test('from the first use on the value is hidden in all output', async () => {
    const token = asSecret(
      await tokenOf({ 'sentops.yaml': project('{ env: TOK }') }, { env: { TOK: 'hidden-token-77' } }),
    );
    expect(redactor.redact('see hidden-token-77')).toBe('see hidden-token-77');
    await token.reveal();
    expect(redactor.redact('see hidden-token-77')).toBe('see ***');
  });

  test('a literal from the environment is hidden as soon as the project is loaded', async () => {
    await loadProject(request(tempProject(), { env: { MLFLOW_TRACKING_PASSWORD: 'literal-pass-88' } }));
    expect(redactor.redact('literal-pass-88')).toBe('***');
  });
});

describe('a secret of Secret Manager', () => {
  type Answer = (response: http.ServerResponse, url: string) => void;

  async function standIn(answer: Answer): Promise<string> {
    const server = http.createServer((incoming, response) => answer(response, incoming.url ?? ''));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async function reveal(endpoint: string): Promise<string> {
    const files = { 'sentops.yaml': project('{ gcp: projects/p/secrets/tok/versions/3 }') };
    return asSecret(await tokenOf(files, { env: { SENTOPS_SECRETMANAGER_ENDPOINT: endpoint } })).reveal();
  }

  const json =
    (status: number, body: unknown): Answer =>
    response => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };

  test('is asked for by its full name and decoded', async () => {
    const asked: string[] = [];
    const endpoint = await standIn((response, url) => {
      asked.push(url);
      json(200, { name: 'x', payload: { data: Buffer.from('grün-token').toString('base64') } })(response, url);
    });
    expect(await reveal(endpoint)).toBe('grün-token');
    expect(asked).toEqual(['/v1/projects/p/secrets/tok/versions/3:access']);
  });

  test.each([
    [401, 'AUTH_FAILED', 'refused the credentials'],
    [403, 'PERMISSION_DENIED', 'no permission to read projects/p/secrets/tok/versions/3: denied'],
    [404, 'NOT_FOUND', 'projects/p/secrets/tok/versions/3 does not exist'],
    [503, 'REMOTE_UNAVAILABLE', 'did not give projects/p/secrets/tok/versions/3'],
  ])('HTTP %d is %s', async (status, code, message) => {
    const error = await failure(reveal(await standIn(json(status, { error: { message: 'denied' } }))));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('an answer that makes no sense, and no server at all, are unavailability', async () => {
    expect((await failure(reveal(await standIn(response => response.end('<html>'))))).code).toBe('REMOTE_UNAVAILABLE');
    expect((await failure(reveal('http://127.0.0.1:1'))).code).toBe('REMOTE_UNAVAILABLE');
  });

  test('a server that keeps silent is given up on after the time limit', async () => {
    const { accessSecretVersion } = await import('../../../src/lib/gcp/secret-manager.ts');
    const endpoint = await standIn(() => {});
    const error = await failure(accessSecretVersion('projects/p/secrets/tok', { endpoint, timeLimitMs: 100 }));
    expect(error.code).toBe('REMOTE_UNAVAILABLE');
    expect(error.message).toContain('projects/p/secrets/tok/versions/latest: no answer within 0.1 s');
  });

  test('a failure is not kept: the next use asks again', async () => {
    let calls = 0;
    const endpoint = await standIn((response, url) => {
      calls += 1;
      if (calls === 1) json(503, {})(response, url);
      else json(200, { payload: { data: Buffer.from('later').toString('base64') } })(response, url);
    });
    const files = { 'sentops.yaml': project('{ gcp: projects/p/secrets/tok/versions/3 }') };
    const token = asSecret(await tokenOf(files, { env: { SENTOPS_SECRETMANAGER_ENDPOINT: endpoint } }));
    expect((await failure(token.reveal())).code).toBe('REMOTE_UNAVAILABLE');
    expect(await token.reveal()).toBe('later');
    expect(await token.reveal()).toBe('later');
    expect(calls).toBe(2);
  });
});
