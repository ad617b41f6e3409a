import { createVerify, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSecret } from '../../../src/lib/config/secrets.ts';
import { openCredentials, type Profile } from '../../../src/lib/gcp/open-credentials.ts';

const never = new AbortController().signal;
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

interface Asked {
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

type Reply = readonly [status: number, json: unknown];

/** A server for tokens that remembers what it was asked. */
async function tokenServer(...replies: readonly Reply[]) {
  const asked: Asked[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [status, json] = replies[Math.min(asked.length, replies.length - 1)] ?? [500, {}];
    asked.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, uri: `http://${host}`, asked };
}

function folder(files: Readonly<Record<string, unknown>> = {}): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-credentials-'));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
}

const open = (profile: Profile, cwd: string, env: Record<string, string> = {}) =>
  openCredentials(profile, { cwd, env: { HOME: cwd, GCE_METADATA_HOST: '127.0.0.1:1', ...env } });

const tokenFrom = async (profile: Profile, cwd: string, env: Record<string, string> = {}) =>
  await (await open(profile, cwd, env))?.token(never);

const account = (uri: string, more: object = {}) => ({
  type: 'service_account',
  client_email: 'job@p.iam.gserviceaccount.com',
  private_key: privateKey,
  private_key_id: 'key-1',
  project_id: 'p',
  token_uri: `${uri}/token`,
  ...more,
});
const user = (uri: string, more: object = {}) => ({
  type: 'authorized_user',
  client_id: 'id',
  client_secret: 'secret-of-the-client',
  refresh_token: '1//refresh-me',
  quota_project_id: 'billed',
  token_uri: `${uri}/token`,
  ...more,
});
const GIVEN: Reply = [200, { access_token: 'the-token', expires_in: 3599 }];

describe('a service account', () => {
  test('signs for itself what is exchanged for a token', async () => {
    const server = await tokenServer(GIVEN);
    const dir = folder({ 'key.json': account(server.uri) });
    const credentials = await open({ auth: 'keyfile', keyfile: 'key.json' }, dir);
    expect(credentials).toMatchObject({ who: 'the service account job@p.iam.gserviceaccount.com', project: 'p' });
    expect(await credentials?.token(never)).toBe('the-token');
    const form = new URLSearchParams(server.asked[0]?.body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
    expect(read(claims)).toMatchObject({
      iss: 'job@p.iam.gserviceaccount.com',
      aud: `${server.uri}/token`,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
    });
    const { iat, exp } = read(claims) as { iat: number; exp: number };
    expect([exp - iat, Math.abs(iat - Date.now() / 1000) < 60]).toEqual([3600, true]);
    const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`);
    expect(verify.verify(publicKey, signature, 'base64url')).toBe(true);
  });

  test('whose key was deleted is told with what the server says', async () => {
    const refused: Reply = [400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }];
    const server = await tokenServer(refused);
    const dir = folder({ 'key.json': account(server.uri) });
    await expect(tokenFrom({ auth: 'keyfile', keyfile: 'key.json' }, dir)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringMatching(/job@p.*\(key\.json\): Invalid JWT Signature\./),
      hint: expect.stringContaining('clock'),
    });
    expect(server.asked).toHaveLength(1);
  });

  test('a key that cannot be used is told without showing any of it', async () => {
    const dir = folder({ 'key.json': account('http://127.0.0.1:1', { private_key: 'broken-key-material' }) });
    const error = await tokenFrom({ auth: 'keyfile', keyfile: 'key.json' }, dir).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'AUTH_FAILED', message: expect.stringContaining('private_key') });
    expect(JSON.stringify([String(error), error])).not.toContain('material');
  });

  test('does not show its signature to an open connection', async () => {
    const dir = folder({ 'key.json': account('http://tokens.example.com') });
    await expect(tokenFrom({ auth: 'keyfile', keyfile: 'key.json' }, dir)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringContaining('token_uri is no https address'),
    });
  });
});

describe('a user', () => {
  const HOME_FILE = '.config/gcloud/application_default_credentials.json';

  test('who signed in with gcloud is found in the home folder', async () => {
    const server = await tokenServer(GIVEN);
    const dir = folder({ [HOME_FILE]: user(server.uri) });
    const credentials = await open({ auth: 'adc' }, dir);
    expect(credentials).toMatchObject({ quotaProject: 'billed', who: expect.stringContaining('application_default') });
    expect(await credentials?.token(never)).toBe('the-token');
    expect(Object.fromEntries(new URLSearchParams(server.asked[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'id',
      client_secret: 'secret-of-the-client',
      refresh_token: '1//refresh-me',
    });
  });

  test('the project that the profile names is billed before that of the file', async () => {
    const dir = folder({ [HOME_FILE]: user('https://x') });
    expect(await open({ auth: 'adc', quotaProject: 'mine' }, dir)).toMatchObject({ quotaProject: 'mine' });
  });

  test('CLOUDSDK_CONFIG names another folder of gcloud', async () => {
    const dir = folder({ 'elsewhere/application_default_credentials.json': user('https://x', { account: 'me@x' }) });
    const env = { CLOUDSDK_CONFIG: path.join(dir, 'elsewhere') };
    expect(await open({ auth: 'adc' }, dir, env)).toMatchObject({ who: 'the user me@x' });
  });

  test('whose sign-in has ended is told how to sign in', async () => {
    const server = await tokenServer([400, { error: 'invalid_grant', error_description: 'Token has been expired.' }]);
    const dir = folder({ [HOME_FILE]: user(server.uri) });
    await expect(tokenFrom({ auth: 'adc' }, dir)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringContaining('Token has been expired.'),
      hint: expect.stringContaining('gcloud auth application-default login'),
    });
  });

  test('a server for tokens that is busy is asked again', async () => {
    const server = await tokenServer([503, {}], GIVEN);
    const dir = folder({ [HOME_FILE]: user(server.uri) });
    expect(await tokenFrom({ auth: 'adc' }, dir)).toBe('the-token');
    expect(server.asked).toHaveLength(2);
  });
});

describe('acting as a service account', () => {
  const AS = 'robot@p.iam.gserviceaccount.com';
  const until = new Date(Date.now() + 3_000_000).toISOString();

  test('with the credentials of somebody who may', async () => {
    const tokens = await tokenServer(GIVEN);
    const iam = await tokenServer([200, { accessToken: 'robot-token', expireTime: until }]);
    const dir = folder({ 'me.json': user(tokens.uri, { account: 'me@x' }) });
    const env = {
      GOOGLE_APPLICATION_CREDENTIALS: path.join(dir, 'me.json'),
      CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: `${iam.uri}/`,
    };
    const credentials = await open({ auth: 'impersonation', serviceAccount: AS }, dir, env);
    expect(credentials).toMatchObject({ who: `${AS} (through the user me@x)`, quotaProject: 'billed' });
    expect(await credentials?.token(never)).toBe('robot-token');
    expect(iam.asked[0]).toMatchObject({
      url: '/v1/projects/-/serviceAccounts/robot%40p.iam.gserviceaccount.com:generateAccessToken',
      headers: { authorization: 'Bearer the-token' },
    });
    expect(JSON.parse(iam.asked[0]?.body ?? '')).toMatchObject({ lifetime: '3600s' });
  });

  test('as gcloud left it in a file, with delegates', async () => {
    const server = await tokenServer(GIVEN, [200, { accessToken: 'robot-token', expireTime: until }]);
    const dir = folder({
      'imp.json': {
        type: 'impersonated_service_account',
        service_account_impersonation_url: `${server.uri}/v1/projects/-/serviceAccounts/${AS}:generateAccessToken`,
        delegates: ['between@p.iam.gserviceaccount.com'],
        source_credentials: user(server.uri),
      },
    });
    const credentials = await open({ auth: 'keyfile', keyfile: 'imp.json' }, dir);
    expect(credentials?.who).toContain(AS);
    expect(await credentials?.token(never)).toBe('robot-token');
    expect(JSON.parse(server.asked[1]?.body ?? '')).toMatchObject({ delegates: ['between@p.iam.gserviceaccount.com'] });
  });

  test.each([
    [403, 'PERMISSION_DENIED', /roles\/iam\.serviceAccountTokenCreator on robot@p/],
    [404, 'AUTH_FAILED', /gcp\.serviceAccount/],
  ])('%i is told with what is missing', async (status, code, hint) => {
    const tokens = await tokenServer(GIVEN);
    const iam = await tokenServer([status, { error: { message: 'Permission denied' } }]);
    const dir = folder({ 'me.json': user(tokens.uri) });
    const profile: Profile = { auth: 'impersonation', serviceAccount: AS, keyfile: 'me.json' };
    const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: iam.uri };
    await expect(tokenFrom(profile, dir, env)).rejects.toMatchObject({ code, hint: expect.stringMatching(hint) });
  });
});

describe('a machine of Google', () => {
  test('gives the token of its service account', async () => {
    const server = await tokenServer([200, { access_token: 'machine-token', expires_in: 1200, token_type: 'Bearer' }]);
    const dir = folder();
    expect(await tokenFrom({ auth: 'adc' }, dir, { GCE_METADATA_HOST: server.host })).toBe('machine-token');
    expect(server.asked[0]).toMatchObject({
      url: '/computeMetadata/v1/instance/service-accounts/default/token',
      headers: { 'metadata-flavor': 'Google' },
    });
  });

  test('may have none', async () => {
    const server = await tokenServer([404, {}]);
    await expect(tokenFrom({ auth: 'adc' }, folder(), { GCE_METADATA_HOST: server.host })).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: 'this machine has no service account',
    });
  });
});

describe('workload identity federation', () => {
  test('exchanges the token of a file through the library of Google', async () => {
    const sts = await tokenServer([
      200,
      { access_token: 'federated', issued_token_type: 'x', token_type: 'Bearer', expires_in: 3600 },
    ]);
    const dir = folder({ subject: 'a-jwt-of-somebody' });
    fs.writeFileSync(
      path.join(dir, 'wif.json'),
      JSON.stringify({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${sts.uri}/v1/token`,
        credential_source: { file: path.join(dir, 'subject') },
      }),
    );
    const env = { GOOGLE_APPLICATION_CREDENTIALS: path.join(dir, 'wif.json') };
    expect(await tokenFrom({ auth: 'workload-identity' }, dir, env)).toBe('federated');
    expect(new URLSearchParams(sts.asked[0]?.body).get('subject_token')).toBe('a-jwt-of-somebody');
  });

  test('that fails says what to look at', async () => {
    const dir = folder({
      'wif.json': {
        type: 'external_account',
        audience: 'a',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: 'http://127.0.0.1:1/v1/token',
        credential_source: { file: '/nonexistent/subject' },
      },
    });
    await expect(tokenFrom({ auth: 'workload-identity', keyfile: 'wif.json' }, dir)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringContaining('wif.json'),
      hint: expect.stringContaining('workload identity pool'),
    });
  });
});

describe('a token of the profile', () => {
  test('is sent as it is, without the spaces around it', async () => {
    expect(await tokenFrom({ auth: 'token', token: createSecret('t', async () => ' ya29.token\n') }, '/')).toBe(
      'ya29.token',
    );
  });

  test.each([
    ['', /gcp\.token/],
    ['two words', /no HTTP header/],
  ])('%j is refused', async (token, message) => {
    await expect(open({ auth: 'token', token }, '/')).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringMatching(message),
    });
  });

  test('none means none', async () => {
    expect(await open({ auth: 'none' }, '/', { GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent' })).toBeNull();
  });
});

describe('what is missing or broken', () => {
  test('nothing at all: the variable, the file and the command are named', async () => {
    const dir = folder();
    await expect(tokenFrom({ auth: 'adc' }, dir)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringContaining(path.join(dir, '.config/gcloud/application_default_credentials.json')),
      hint: expect.stringMatching(/gcloud auth application-default login.*GOOGLE_APPLICATION_CREDENTIALS/),
    });
  });

  test('the variable names a file that is not there', async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent/key.json' };
    await expect(open({ auth: 'adc' }, '/', env)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: 'the credentials file /nonexistent/key.json (GOOGLE_APPLICATION_CREDENTIALS) does not exist',
    });
  });

  test.each([
    ['keyfile', 'gcp.keyfile'],
    ['impersonation', 'gcp.serviceAccount'],
    ['token', 'gcp.token'],
  ] as const)('%s without its value', async (auth, key) => {
    await expect(open({ auth }, '/')).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringContaining(key),
    });
  });

  test.each([
    ['no JSON', 'private', /no JSON object/],
    ['a list', '[]', /no JSON object/],
    ['nothing', '{}', /no type/],
    ['another type', '{"type":"odd"}', /"odd" is not known/],
    ['half a key', '{"type":"service_account","client_email":"x"}', /no private_key/],
    ['half a user', '{"type":"authorized_user","client_id":"x"}', /no client_secret/],
    [
      'nobody behind it',
      '{"type":"impersonated_service_account","service_account_impersonation_url":"x"}',
      /source_cred/,
    ],
    [
      'a chain',
      '{"type":"impersonated_service_account","service_account_impersonation_url":"x","source_credentials":{"type":"impersonated_service_account"}}',
      /too often/,
    ],
    [
      'an open way to who gives the token',
      '{"type":"impersonated_service_account","service_account_impersonation_url":"http://iam.example.com/x","source_credentials":{"type":"authorized_user","client_id":"x","client_secret":"y","refresh_token":"z"}}',
      /no https address/,
    ],
  ])('a file with %s', async (_title, content, message) => {
    const dir = folder({ 'key.json': content });
    await expect(open({ auth: 'keyfile', keyfile: 'key.json' }, dir)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringMatching(message),
    });
  });
});
