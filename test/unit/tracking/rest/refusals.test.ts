import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../../../src/lib/tracking/rest/refusals.ts';
import { API, errorOf, sendError, sendText, standIn, withRest } from './stand-in.ts';

const shown = 'http://mlflow:5000';
const asked = { shown, url: new URL(`${shown}/api/2.0/mlflow/runs/get`), credentials: null };
const bearer = { kind: 'Bearer', who: 'the bearer token', header: 'Bearer x' } as const;
const basic = { kind: 'Basic', who: 'user ada', header: 'Basic x' } as const;

const refuse = (status: number, text: string, headers: Readonly<Record<string, string>> = {}, more = {}) =>
  refusalOf({ status, headers, text, url: asked.url }, { ...asked, ...more });

describe('refusals in words of MLflow', () => {
  test.each([
    [400, 'INVALID_PARAMETER_VALUE', 'Invalid comparator', 'FLAG_INVALID'],
    [400, 'BAD_REQUEST', 'no', 'FLAG_INVALID'],
    [400, 'RESOURCE_ALREADY_EXISTS', 'Experiment(name=a) already exists.', 'CONFLICT'],
    [400, 'INVALID_PARAMETER_VALUE', "The run a must be in the 'active' state. Current state is deleted.", 'CONFLICT'],
    [
      400,
      'INVALID_PARAMETER_VALUE',
      "Changing param values is not allowed. Params were already logged='[]'",
      'CONFLICT',
    ],
    [500, 'INVALID_STATE', 'Cannot rename a non-active experiment.', 'CONFLICT'],
    [401, 'UNAUTHENTICATED', 'who?', 'AUTH_FAILED'],
    [403, 'PERMISSION_DENIED', 'no', 'PERMISSION_DENIED'],
    [404, 'RESOURCE_DOES_NOT_EXIST', 'Run with id=a not found', 'NOT_FOUND'],
    [404, 'NOT_FOUND', 'gone', 'NOT_FOUND'],
    [409, 'RESOURCE_CONFLICT', 'no', 'CONFLICT'],
    [409, 'ABORTED', 'no', 'CONFLICT'],
    [429, 'REQUEST_LIMIT_EXCEEDED', 'slow', 'REMOTE_UNAVAILABLE'],
    [503, 'TEMPORARILY_UNAVAILABLE', 'later', 'REMOTE_UNAVAILABLE'],
    [500, 'INTERNAL_ERROR', 'broken', 'REMOTE_UNAVAILABLE'],
    [400, 'BAD_REQUEST', 'QueuePool limit of size 5 overflow 10 reached', 'REMOTE_UNAVAILABLE'],
    [418, 'SOMETHING_NEW', 'tea', 'REMOTE_UNAVAILABLE'],
  ])('%i %s (%s) is %s', (status, errorCode, message, code) => {
    const error = refuse(status, JSON.stringify({ error_code: errorCode, message }));
    expect(error).toMatchObject({ code, details: { errorCode, status, uri: shown } });
    expect(error.message).toContain(`${shown}: ${message}`);
  });

  test('a message without words is its code', () => {
    expect(refuse(404, '{"error_code":"NOT_FOUND"}').message).toBe(`${shown}: NOT_FOUND`);
  });

  test('statements of SQL and long texts are left out', () => {
    const error = refuse(
      400,
      JSON.stringify({ error_code: 'BAD_REQUEST', message: `${'x'.repeat(900)}\n[SQL: SELECT]` }),
    );
    expect(error.message.length).toBeLessThan(450);
    expect(error.message).not.toContain('SQL');
  });
});

describe('refusals that are no JSON', () => {
  test('401 without credentials says how to give some', () => {
    const error = refuse(401, 'You are not authenticated.', { 'www-authenticate': 'Basic realm="mlflow"' });
    expect(error).toMatchObject({ code: 'AUTH_FAILED', message: `${shown} wants to know who asks (HTTP 401)` });
    expect(error.hint).toContain('MLFLOW_TRACKING_USERNAME');
  });

  test('401 to a token where only a password helps says so', () => {
    const error = refuse(401, '', { 'www-authenticate': 'Basic realm="mlflow"' }, { credentials: bearer });
    expect(error.message).toBe(`${shown} refused the bearer token (HTTP 401)`);
    expect(error.hint).toContain('takes a user and a password, no token');
  });

  test('401 to a password names the user, not the password', () => {
    const error = refuse(401, '', {}, { credentials: basic });
    expect(error.message).toBe(`${shown} refused user ada (HTTP 401)`);
    expect(error.hint).toContain('check the user');
  });

  test.each(['text/plain', 'text/html; charset=utf-8'])(
    '403 is the permission, in the words of the server: %s',
    type => {
      expect(refuse(403, 'Permission denied', { 'content-type': type })).toMatchObject({
        code: 'PERMISSION_DENIED',
        message: `${shown}/api/2.0/mlflow/runs/get: Permission denied (HTTP 403)`,
      });
    },
  );

  test('403 for the name of the host names the flag, port included', () => {
    const error = refuse(403, 'Invalid Host header - possible DNS rebinding attack detected');
    expect(error.code).toBe('PERMISSION_DENIED');
    expect(error.hint).toContain('--allowed-hosts mlflow:5000');
    expect(error.hint).toContain('MLFLOW_SERVER_ALLOWED_HOSTS=mlflow:5000');
  });

  test.each([404, 405])('a page with %i shows nothing of the page', status => {
    const error = refuse(status, '<!doctype html><h1>Oops</h1>', { 'content-type': 'text/html; charset=utf-8' });
    expect(error).toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      message: `${shown} has no /api/2.0/mlflow/runs/get (HTTP ${status})`,
    });
  });

  test('the other shape of errors is read, too', () => {
    expect(refuse(400, '{"detail":"Artifact path refers to a directory"}').message).toContain('refers to a directory');
    expect(refuse(422, '{"detail":[{"loc":["path"]}]}').message).toContain('loc');
  });

  test('a proxy that fails says its word and a page says none', () => {
    expect(refuse(502, 'upstream gone').message).toBe(`${shown} answered HTTP 502: upstream gone`);
    expect(refuse(502, '<html>bad gateway</html>', { 'content-type': 'text/html' }).message).toBe(
      `${shown} answered HTTP 502`,
    );
  });
});

test('of a refusal without an end no more is read than what it says first', async () => {
  const part = Buffer.alloc(1 << 20, 'x');
  let sent = 0;
  await withRest(
    (_, response) => {
      response.writeHead(400, { 'content-type': 'text/plain' });
      const send = (): void => {
        if (response.destroyed || sent > 100 << 20) return;
        sent += part.length;
        response.write(part, send);
      };
      send();
    },
    async tracker => {
      expect((await errorOf(tracker.runs.get('r1'))).message).toMatch(/: x{400}…/);
      expect(sent).toBeLessThan(50 << 20);
    },
  );
});

describe('redirects', () => {
  const run = { run: { info: { run_id: 'r1', experiment_id: '1', status: 'RUNNING' } } };
  const token = { env: { MLFLOW_TRACKING_TOKEN: 'geheim' } };
  const page = '<html><form action="/login"><input type=password></form></html>';

  test('on the same server are followed, credentials included', async () => {
    await withRest(
      (came, response) =>
        came.path.endsWith('/there') ? run : void response.writeHead(302, { location: '/there' }).end(),
      async (tracker, { requests }) => {
        expect(await tracker.runs.get('r1')).toMatchObject({ runId: 'r1' });
        expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer geheim', 'Bearer geheim']);
      },
      token,
    );
  });

  test('to another server go without credentials', async () => {
    await withRest(
      () => run,
      async (_, other) => {
        await withRest(
          (came, response) => void response.writeHead(307, { location: `${other.uri}${came.path}` }).end(),
          async tracker => {
            expect(await tracker.runs.get('r1')).toMatchObject({ runId: 'r1' });
            expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
          },
          token,
        );
      },
    );
  });

  test('to where nobody is name that place, not the server', async () => {
    const gone = await standIn(() => ({}));
    await gone.close();
    await withRest(
      (_, response) => void response.writeHead(302, { location: `${gone.uri}/there` }).end(),
      async tracker => {
        const error = await errorOf(tracker.runs.get('r1'));
        expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', details: { uri: gone.uri } });
        expect(error.message).toContain(gone.uri);
      },
      { env: { MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0' } },
    );
  });

  test('to a page where a person signs in are AUTH_FAILED with a hint', async () => {
    await withRest(
      (_, response) => sendText(response, 200, 'text/html', page),
      async (_, other) => {
        await withRest(
          (_came, response) => void response.writeHead(302, { location: `${other.uri}/oauth2/start?rd=x` }).end(),
          async tracker => {
            const error = await errorOf(tracker.runs.get('r1'));
            expect(error.code).toBe('AUTH_FAILED');
            expect(error.message).toContain(`signs in (${other.uri}/oauth2/start)`);
            expect(error.hint).toContain('MLFLOW_TRACKING_TOKEN');
          },
        );
      },
    );
  });

  test('a sign-in page that refuses us is still a sign-in page', async () => {
    await withRest(
      (came, response) =>
        came.path === '/login'
          ? sendText(response, 403, 'text/html', page)
          : void response.writeHead(302, { location: '/login' }).end(),
      async tracker => expect((await errorOf(tracker.runs.get('r1'))).code).toBe('AUTH_FAILED'),
    );
  });

  test('a form with a password instead of an answer is one, too', async () => {
    await withRest(
      (_, response) => sendText(response, 200, 'text/html', page),
      async tracker => expect((await errorOf(tracker.runs.get('r1'))).code).toBe('AUTH_FAILED'),
    );
  });

  test.each([
    [302, '/login?next=x', 'AUTH_FAILED'],
    [301, '/elsewhere', 'REMOTE_UNAVAILABLE'],
    [308, 'http://other.invalid/x', 'REMOTE_UNAVAILABLE'],
  ])('what is to be stored is not sent after a %i to %s', async (status, location, code) => {
    await withRest(
      (_, response) => void response.writeHead(status, { location }).end(),
      async (tracker, { requests }) => {
        expect((await errorOf(tracker.runs.log('r1', { tags: { a: 'b' } }))).code).toBe(code);
        expect(requests).toHaveLength(1);
      },
    );
  });

  test('308 on the same server keeps the method and the body', async () => {
    await withRest(
      (came, response) => (came.path === '/there' ? {} : void response.writeHead(308, { location: '/there' }).end()),
      async (tracker, { requests }) => {
        await tracker.runs.log('r1', { tags: { a: 'b' } });
        expect(requests[1]).toMatchObject({ method: 'POST', json: { run_id: 'r1', tags: [{ key: 'a', value: 'b' }] } });
      },
    );
  });

  test('in circles end', async () => {
    await withRest(
      (came, response) => void response.writeHead(302, { location: came.path }).end(),
      async (tracker, { requests }) => {
        expect((await errorOf(tracker.runs.get('r1'))).message).toContain('leads in circles');
        expect(requests.length).toBeLessThan(10);
      },
    );
  });
});

describe('a server of before MLflow 3', () => {
  const old = (came: { path: string }, response: import('node:http').ServerResponse) =>
    came.path.includes('logged-models') ? sendText(response, 404, 'text/html', '<html>Not Found</html>') : {};

  test('knows no logged models, and the error says what to do', async () => {
    await withRest(old, async (tracker, { uri }) => {
      const works = [
        () => tracker.loggedModels.create({ experimentId: '1', name: 'lr' }),
        () => tracker.loggedModels.search({ experimentIds: ['1'], limit: 5 }),
        () => tracker.loggedModels.finish('m-1', 'READY'),
        () => tracker.loggedModels.setTags('m-1', { a: 'b' }),
        () => tracker.loggedModels.deleteTag('m-1', 'a'),
        () => tracker.loggedModels.delete('m-1'),
      ];
      for (const work of works) {
        const error = await errorOf(work());
        expect(error).toMatchObject({ code: 'NOT_FOUND', message: `${uri} knows no logged models` });
        expect(error.hint).toContain('MLflow 3');
      }
    });
  });

  test('has none by any id', async () => {
    await withRest(old, async tracker => expect(await tracker.loggedModels.get('m-1')).toBeNull());
  });

  test('a new server without the model is another matter', async () => {
    await withRest(
      (_, response) => sendError(response, 404, 'RESOURCE_DOES_NOT_EXIST', 'Logged model not found'),
      async tracker => {
        const error = await errorOf(tracker.loggedModels.finish('m-1', 'READY'));
        expect(error.code).toBe('NOT_FOUND');
        expect(error.message).toContain('Logged model not found');
      },
    );
  });
});

test.each(['400', '404'])('an alias that is not there is null, told with %s', async status => {
  const code = status === '400' ? 'INVALID_PARAMETER_VALUE' : 'RESOURCE_DOES_NOT_EXIST';
  await withRest(
    (_, response) => sendError(response, Number(status), code, 'Registered model alias x not found.'),
    async (tracker, { requests }) => {
      expect(await tracker.models.find('m', { alias: 'x' })).toBeNull();
      expect(requests[0]?.path).toBe(`${API}registered-models/alias`);
    },
  );
});
