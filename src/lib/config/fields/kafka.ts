import { boolean, oneOf, section, string } from './build.ts';

export const kafka = section('The message broker.', {
  bootstrap: string({
    doc: 'Brokers, separated by commas.',
    default: '${var.kafka}',
    format: 'hostport',
    flag: 'bootstrap',
    char: 'b',
    env: ['KAFKA_BOOTSTRAP_SERVERS'],
  }),
  inputTopic: topic('Topic of the texts.', 'sentiment-input'),
  outputTopic: topic('Topic of the predictions.', 'sentiment-predictions'),
  groupId: string({ doc: 'Consumer group.', default: '${project.id}-scorer', flag: 'group-id' }),
  auth: section('Credentials for the brokers.', {
    mechanism: oneOf(['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], {
      doc: 'SASL mechanism.',
      default: 'none',
    }),
    username: string({ doc: 'User name.', default: '', allowEmpty: true }),
    password: string({ doc: 'Password or token.', secret: true }),
    tls: boolean({ doc: 'Encrypt the connection.', default: false }),
    caFile: string({ doc: 'Certificate authority, where the system does not know it.', format: 'path' }),
    certFile: string({ doc: 'Client certificate.', format: 'path' }),
    keyFile: string({ doc: 'Key of the client certificate.', format: 'path' }),
  }),
});

function topic<const D extends string>(doc: string, name: D) {
  return string({
    doc,
    default: name,
    pattern: '^[A-Za-z0-9._-]{1,249}$',
    patternDoc: 'at most 249 letters, digits, dots, hyphens and underscores',
  });
}
