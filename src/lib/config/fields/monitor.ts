import { boolean, integer, list, named, number, oneOf, section, sectionWith, string } from './build.ts';

export const monitor = section('What is watched.', {
  drift: section('Population stability of predictions.', {
    features: list(string({}), {
      doc: 'Features to compare with the baseline.',
      default: ['text_len', 'word_count', 'oov_rate', 'score', 'label'],
      unique: true,
    }),
    bins: integer({ doc: 'Bins of a feature.', default: 10, min: 2, flag: 'bins' }),
    warn: number({ doc: 'PSI for a warning.', default: 0.1, min: 0 }),
    alert: number({ doc: 'PSI for an alert.', default: 0.2, min: 0, flag: 'threshold' }),
    onAlert: oneOf(['retrain', 'notify', 'none'], {
      doc: 'What an alert starts.',
      default: 'retrain',
      flag: 'on-drift',
    }),
  }),
  slo: section('Service level objectives.', {
    latencyP95Ms: number({ doc: 'p95 latency.', default: 500, min: 0, unit: 'ms' }),
    latencyP99Ms: number({ doc: 'p99 latency.', default: 1000, min: 0, unit: 'ms' }),
    errorRate: number({ doc: 'Share of failed requests.', default: 0.01, min: 0, max: 1 }),
    availability: number({ doc: 'Share of answered requests.', default: 0.995, min: 0, max: 1 }),
  }),
  prometheus: section('Metrics endpoint of the streaming scorer.', {
    enabled: boolean({ doc: 'Serve /metrics.', default: true }),
    port: integer({ doc: 'Port to listen on; 0 = any free one.', default: 9464, min: 0, max: 65535 }),
  }),
});

const EVENTS = [
  'job.succeeded',
  'job.failed',
  'pipeline.succeeded',
  'pipeline.failed',
  'gate.failed',
  'model.registered',
  'model.promoted',
  'serve.deployed',
  'serve.failed',
  'canary.promoted',
  'canary.rollback',
  'drift.warn',
  'drift.alert',
  'slo.violated',
] as const;

export const notify = list(
  sectionWith(['type'], 'One receiver.', {
    name: string({ doc: 'Name for `notify test --channel`; the type where absent.' }),
    type: named(['slack', 'webhook', 'email'], { doc: 'Kind of receiver; plugins add more.', open: 'notifier' }),
    on: list(named(EVENTS, { open: 'event' }), { doc: 'Events to send; all where absent.', unique: true }),
    webhook: string({ doc: 'Address to post to, for slack and webhook.', secret: true }),
    channel: string({ doc: 'Slack channel, where the webhook allows one.' }),
    to: list(string({ pattern: '^[^@\\s]+@[^@\\s]+$', patternDoc: 'an e-mail address' }), {
      doc: 'Receivers, for email.',
      minItems: 1,
    }),
    from: string({ doc: 'Sender, for email.', pattern: '^[^@\\s]+@[^@\\s]+$', patternDoc: 'an e-mail address' }),
    smtp: string({ doc: 'Mail server, for email.', format: 'hostport' }),
    username: string({ doc: 'User name at the mail server.', allowEmpty: true }),
    password: string({ doc: 'Password at the mail server.', secret: true }),
  }),
  { doc: 'Who is told about events.', default: [] },
);

export const retention = section('How long things are kept.', {
  predictionsDays: integer({ doc: 'Predictions.', default: 90, min: 0, unit: 'd' }),
  logsDays: integer({ doc: 'Logs of jobs and deployments.', default: 30, min: 0, unit: 'd' }),
});
