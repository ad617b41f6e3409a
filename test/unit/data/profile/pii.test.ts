import { describe, expect, test } from 'vitest';
import { PersonalData } from '../../../../src/lib/data/profile/pii.ts';
import { scanned } from './texts.ts';

function kindsOf(text: string): string[] {
  const { column, features } = scanned([text]);
  const personal = new PersonalData();
  personal.add(column, features, 1, 0);
  return personal.findings(1).map(({ name }) => name);
}

describe('hints at personal data', () => {
  test.each([
    'me@example.com',
    'mail jane.doe@mail.example.co.uk, please',
    'x <a_b@host-1.org>',
    'one@no two@three.io',
  ])('a mail address: %s', text => {
    expect(kindsOf(text)).toEqual(['mail']);
  });

  test.each([
    '@someone hello there',
    'hey @some.one thanks',
    'a@b',
    'see you @home.tonight',
    'x@1.2',
    'x@.com',
    'x@host.',
    'x@host.c',
    'x@host.c0m',
    'tickets@ 5.00 each',
    'x@-',
  ])('no mail address: %s', text => {
    expect(kindsOf(text)).toEqual([]);
  });

  test.each([
    '+49 30 901820',
    'call +1 (555) 123-4567 now',
    '555-123-4567',
    '(555) 123-4567',
    '555.123.4567!',
    '1-555-123-4567',
    '020 7946 0958',
    '0171-2345678',
    'ring +442079460958',
  ])('a telephone number: %s', text => {
    expect(kindsOf(text)).toEqual(['phone']);
  });

  test.each([
    'on 2009-04-06 22:19:45',
    '06.04.2009 and 07.04.2009',
    '1467810369',
    '123456789012',
    '3.14159265358979',
    'http://example.com/5551234567',
    'id_555-123-4567',
    '#555-123-4567',
    '100 200 300 400',
    '1 2 3 4 5 6 7 8 9 10',
    '+0123456789',
    '555-123-4567x',
    '00 11 22 33 44 55 66',
  ])('no telephone number: %s', text => {
    expect(kindsOf(text)).toEqual([]);
  });

  test.each(['4111 1111 1111 1111', '4111111111111111', '5500-0000-0000-0004', '378282246310005', '3782 822463 10005'])(
    'a card number: %s',
    text => {
      expect(kindsOf(`card ${text}.`)).toEqual(['card']);
    },
  );

  test.each([
    ['a wrong check digit', '4111 1111 1111 1112'],
    ['an odd length', '411111111111111'],
    ['a first digit that no card has', '9111111111111111'],
    ['one digit all the time', '0000 0000 0000 0000'],
    ['other groups', '41 1111 1111 1111 11'],
    ['dots between the groups', '4111.1111.1111.1111'],
    ['more digits', '41111111111111111111'],
  ])('no card number: %s', (_why, text) => {
    expect(kindsOf(text)).toEqual([]);
  });

  test('every row counts once for each kind, and examples show no number', () => {
    const texts = ['a@b.com c@d.com', 'nothing', '555-123-4567 x@y.de 4111111111111111', 'last a@b.org'];
    const { column, features } = scanned(texts);
    const personal = new PersonalData();
    personal.add(column, features, texts.length, 10);
    const found = personal.findings(8);
    expect(found.map(({ name, rows, share }) => [name, rows, share])).toEqual([
      ['mail', 3, 3 / 8],
      ['phone', 1, 1 / 8],
      ['card', 1, 1 / 8],
    ]);
    expect(found[0]?.examples.map(({ row }) => row)).toEqual([11, 13, 14]);
    expect(JSON.stringify(found)).not.toMatch(/4567|4111|@b|@y/);
  });

  test('what stands before and behind a text is none of it', () => {
    // The helper puts `9@x.yz 9` behind each text and `7@` before the first.
    expect(kindsOf('abc')).toEqual([]);
    expect(kindsOf('555-123-456')).toEqual([]);
    expect(kindsOf('someone@host')).toEqual([]);
  });
});
