import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIVE_MIME, renderLive, type LiveState } from '../../kernel/output/live.ts';
import { REDACTED, redactOptions } from '../../kernel/output/redact.ts';

const RUNNING: LiveState = {
  queryId: '0a1b',
  queryName: 'clicks <b>',
  status: 'running',
  batchId: 1234,
  rowsPerSecond: 45678.4,
  inputRows: 2_000_000,
  watermark: '2024-01-31T10:00:00.000Z',
  stateRows: 120,
  batchDurationMs: 12.4,
  table: {
    columns: [
      { name: 'url', type: 'string' },
      { name: 'count', type: 'bigint' },
    ],
    rows: [['/<i>', '7']],
    truncated: false,
  },
  error: undefined,
};

test('a running query: its figures, its rows, how to stop it', () => {
  const bundle = renderLive(RUNNING);
  assert.deepEqual(bundle[LIVE_MIME], { v: 1, queryId: '0a1b', kind: 'query' });
  assert.equal(
    bundle['text/plain'],
    [
      'clicks <b>: running | batch 1,234 | rows/s 45,678 | rows in 2,000,000 | state rows 120 | took 12 ms | watermark 2024-01-31 10:00:00',
      '+----+-----+',
      '| url|count|',
      '+----+-----+',
      '|/<i>|    7|',
      '+----+-----+',
      "Stop: spark.streams.get('0a1b').stop()",
    ].join('\n'),
  );
  const html = String(bundle['text/html']);
  assert.ok(
    html.includes('clicks &lt;b&gt;') && html.includes('/&lt;i&gt;') && !html.includes('<b>') && !html.includes('<i>'),
  );
  for (const part of ['● running', '1,234', '45,678', '2,000,000', '2024-01-31 10:00:00', '12 ms'])
    assert.ok(html.includes(part), part);
  assert.doesNotMatch(html, /<script|<style|src=|href=/);
});

test('before the first batch only what is known is shown', () => {
  const text = String(
    renderLive({
      ...RUNNING,
      queryName: undefined,
      status: 'starting',
      batchId: undefined,
      rowsPerSecond: undefined,
      inputRows: 0,
      watermark: undefined,
      stateRows: undefined,
      batchDurationMs: undefined,
      table: undefined,
    })['text/plain'],
  );
  assert.equal(
    text,
    "query: starting | rows in 0\nWaiting for the first rows …\nStop: spark.streams.get('0a1b').stop()",
  );
});

test('a failed query shows its error and the last rows, and no stop hint', () => {
  const bundle = renderLive({ ...RUNNING, status: 'failed', error: '[DIVIDE_BY_ZERO] <oops>' });
  assert.match(String(bundle['text/plain']), /^clicks <b>: failed[\s\S]*\n\[DIVIDE_BY_ZERO\] <oops>\n\+----/);
  assert.ok(String(bundle['text/html']).includes('[DIVIDE_BY_ZERO] &lt;oops&gt;'));
  assert.doesNotMatch(String(bundle['text/plain']), /Stop:/);
});

test('options are shown without their secrets', () => {
  const options = {
    'kafka.bootstrap.servers': 'localhost:9092',
    'kafka.sasl.jaas.config': 'x',
    'kafka.ssl.keystore.key': 'x',
    'kafka.ssl.truststore.password': 'x',
    accessKey: 'x',
    'fs.s3a.access.key': 'x',
    apiToken: 'x',
    subscribe: 'events',
  };
  assert.deepEqual(redactOptions(options), {
    'kafka.bootstrap.servers': 'localhost:9092',
    'kafka.sasl.jaas.config': REDACTED,
    'kafka.ssl.keystore.key': REDACTED,
    'kafka.ssl.truststore.password': REDACTED,
    accessKey: REDACTED,
    'fs.s3a.access.key': REDACTED,
    apiToken: REDACTED,
    subscribe: 'events',
  });
});
