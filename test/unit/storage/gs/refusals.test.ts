import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { Transient } from '../../../../src/lib/storage/gs/failures.ts';
import { readRefusal, refusalOf } from '../../../../src/lib/storage/gs/refusals.ts';

const asked = { about: 'gs://data/a.csv', who: 'the service account x@y' };

function json(message: string, reason = '') {
  return Buffer.from(JSON.stringify({ error: { message, errors: [{ reason }] } }));
}

function refuse(status: number, body: Buffer | string = '', headers: Record<string, string> = {}, who = asked.who) {
  return refusalOf(status, headers, Buffer.from(body), { about: asked.about, who: who === '' ? null : who });
}

describe('what the server says', () => {
  test.each([
    ['JSON', json('Not  found\nhere', 'notFound'), 'Not found here', 'notFound'],
    ['XML', Buffer.from('<?xml?><Error><Code>NoSuchKey</Code><Message>Gone</Message></Error>'), 'Gone', 'NoSuchKey'],
    ['a word', Buffer.from('Not Found\nmore'), 'Not Found', ''],
    ['a page', Buffer.from('<html><title>x</title></html>'), 'HTTP 404', ''],
    ['JSON of another form', Buffer.from('{"error":"nope"}'), 'HTTP 404', ''],
    ['nothing', Buffer.alloc(0), 'HTTP 404', ''],
  ])('as %s', (_title, body, message, reason) => {
    expect(readRefusal(body, 404)).toEqual({ message, reason });
  });
});

describe('what it means', () => {
  test.each([
    [400, json('Invalid argument', 'invalid'), 'FLAG_INVALID', /is refused: Invalid argument/],
    [
      400,
      json('Bucket is requester pays bucket but no user project provided.', 'required'),
      'PERMISSION_DENIED',
      /pay/,
    ],
    [400, json('Provided CRC32C "a" doesn\'t match calculated CRC32C "b".'), 'DATA_INVALID', /checksum/],
    [403, json('denied', 'userProjectMissing'), 'PERMISSION_DENIED', /pay/],
    [403, json('Object is under active Temporary hold', 'objectUnderActiveHold'), 'CONFLICT', /not be changed yet/],
    [403, json('Cloud Storage has not been used in project 1', 'accessNotConfigured'), 'PERMISSION_DENIED', /has not/],
    [403, json('The project is delinquent', 'accountDisabled'), 'PERMISSION_DENIED', /delinquent/],
    [404, json('No such object', 'notFound'), 'NOT_FOUND', /does not exist/],
    [404, json('The specified bucket does not exist.'), 'NOT_FOUND', /no such bucket/],
    [409, json('You already own this bucket'), 'CONFLICT', /already own/],
    [410, json('gone'), 'NOT_FOUND', /gone/],
    [412, json('x', 'conditionNotMet'), 'CONFLICT', /somebody else/],
    [416, json('x'), 'DATA_INVALID', /range/],
    [418, json('teapot'), 'REMOTE_UNAVAILABLE', /HTTP 418: teapot/],
  ])('%i %s', (status, body, code, message) => {
    const error = refuse(status, body);
    expect(error).toBeInstanceOf(SentopsError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((error as SentopsError).details).toMatchObject({ uri: asked.about, status });
  });

  test('a missing permission is told with who lacks it, the role that holds it and the bucket', () => {
    const said = 'x@y.iam.gserviceaccount.com does not have storage.objects.list access to the bucket.';
    expect(refuse(403, json(said, 'forbidden'))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: 'gs://data/a.csv is not open: x@y.iam.gserviceaccount.com does not have storage.objects.list',
      hint: expect.stringMatching(/roles\/storage\.objectViewer on gs:\/\/data,/),
    });
  });

  test('a 403 without a reason names who asked', () => {
    expect(refuse(403, 'no')).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('the service account x@y'),
    });
  });

  test('a 403 to a request without credentials says that it had none', () => {
    expect(refuse(403, 'no', {}, '').message).toContain('may not be used by a caller without credentials');
  });

  test('401 differs by whether credentials were sent', () => {
    expect(refuse(401)).toMatchObject({ code: 'AUTH_FAILED', message: expect.stringContaining('was refused') });
    expect(refuse(401, '', {}, '')).toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringContaining('no credentials were sent'),
      hint: expect.stringContaining('gcloud auth application-default login'),
    });
  });

  test('a redirect is told by its origin alone: what follows may be a secret', () => {
    const error = refuse(302, '', { location: 'https://login.example.com/?token=secret' });
    expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', message: expect.stringContaining('login.example.com') });
    expect(error.message).not.toContain('secret');
  });
});

describe('what may go better the next time', () => {
  test.each([408, 429, 500, 502, 503, 504])('%i', status => {
    const error = refuse(status, json('busy'));
    expect(error).toBeInstanceOf(Transient);
    expect(error).toMatchObject({ undone: status === 429, failure: { code: 'REMOTE_UNAVAILABLE' } });
  });

  test('403 for too many requests', () => {
    expect(refuse(403, json('Rate Limit Exceeded', 'rateLimitExceeded'))).toMatchObject({ undone: true });
    expect(refuse(403, json('Rate Limit Exceeded', 'rateLimitExceeded'))).toBeInstanceOf(Transient);
  });

  test('Retry-After is seconds or a date, and nobody waits longer than two minutes', () => {
    expect(refuse(503, '', { 'retry-after': '7' })).toMatchObject({ waitMs: 7000 });
    const soon = refuse(503, '', { 'retry-after': new Date(Date.now() + 30_000).toUTCString() }) as Transient;
    expect(soon.waitMs).toBeGreaterThan(20_000);
    expect(soon.waitMs).toBeLessThanOrEqual(30_000);
    expect(refuse(503, '', { 'retry-after': 'soon' })).toMatchObject({ waitMs: null });
    expect(refuse(503, '', { 'retry-after': '600' })).toMatchObject({ code: 'REMOTE_UNAVAILABLE' });
  });
});
