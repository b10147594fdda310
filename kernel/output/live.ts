/** The live view of a streaming query: one line of figures and the newest rows. Made anew for each frame. */
import { escapeHtml } from './escape-html.ts';
import { STYLE } from './style.ts';
import { tableElement, tableText, type MimeBundle, type TableView } from './table.ts';

/** By this type a front end extension knows live views; others show the HTML or the text beside it. */
export const LIVE_MIME = 'application/vnd.millrace.live+json';

export type LiveStatus = 'starting' | 'running' | 'waiting' | 'stopped' | 'failed';

export interface LiveState {
  readonly queryId: string;
  readonly queryName: string | undefined;
  /** `waiting`: a closure of the query waits for the running cell to end. */
  readonly status: LiveStatus;
  readonly batchId: number | undefined;
  readonly rowsPerSecond: number | undefined;
  /** Rows read since the query started. */
  readonly inputRows: number;
  /** ISO 8601. */
  readonly watermark: string | undefined;
  readonly stateRows: number | undefined;
  readonly batchDurationMs: number | undefined;
  readonly table: TableView | undefined;
  readonly error: string | undefined;
  /** Code that stops the query. */
  readonly stopHint?: string;
}

interface StatusLook {
  readonly label: string;
  readonly colour: string;
  readonly tint: string;
}

const LOOKS: Readonly<Record<LiveStatus, StatusLook>> = {
  starting: { label: 'starting', colour: 'var(--jp-warn-color1, #c77700)', tint: 'rgba(230,145,20,.14)' },
  running: { label: 'running', colour: 'var(--jp-success-color1, #2e9e5b)', tint: 'rgba(46,158,91,.14)' },
  waiting: { label: 'waiting for the cell', colour: 'var(--jp-warn-color1, #c77700)', tint: 'rgba(230,145,20,.14)' },
  stopped: { label: 'stopped', colour: 'var(--jp-ui-font-color2, #888)', tint: 'rgba(128,128,128,.16)' },
  failed: { label: 'failed', colour: 'var(--jp-error-color1, #d64545)', tint: 'rgba(214,69,69,.14)' },
};

const VIEW_STYLE = {
  bar: 'padding:2px 0 6px;line-height:2;',
  name: 'font-weight:600;margin-right:8px;',
  badge:
    'display:inline-block;border-radius:9px;padding:0 8px;margin-right:12px;font-size:11px;line-height:18px;font-weight:600;white-space:nowrap;',
  figure: 'display:inline-block;margin-right:16px;font-size:12px;white-space:nowrap;',
  label: 'color:var(--jp-ui-font-color2, #888);margin-right:5px;font-size:11px;',
  value: 'font-weight:600;font-variant-numeric:tabular-nums;',
  error:
    'white-space:pre-wrap;overflow-wrap:anywhere;margin:2px 0 6px;padding:6px 10px;border-radius:4px;font-size:12px;',
  code: 'font-family:var(--jp-code-font-family, ui-monospace, monospace);font-size:11px;',
} as const;

export function renderLive(state: LiveState): MimeBundle {
  return {
    [LIVE_MIME]: { v: 1, queryId: state.queryId, kind: 'query' },
    'text/html': liveHtml(state),
    'text/plain': liveText(state),
  };
}

function liveHtml(state: LiveState): string {
  const { status, queryName, error, table } = state;
  const look = LOOKS[status];
  const name = queryName === undefined ? '' : `<span style="${VIEW_STYLE.name}">${escapeHtml(queryName)}</span>`;
  const badge = `<span style="${VIEW_STYLE.badge}color:${look.colour};background:${look.tint};">${dotOf(status)}${look.label}</span>`;
  const figures = figuresOf(state).map(
    ([label, value]) =>
      `<span style="${VIEW_STYLE.figure}"><span style="${VIEW_STYLE.label}">${label}</span><span style="${VIEW_STYLE.value}">${escapeHtml(value)}</span></span>`,
  );
  const failure =
    error === undefined
      ? ''
      : `<div style="${VIEW_STYLE.error}color:${LOOKS.failed.colour};background:${LOOKS.failed.tint};">${escapeHtml(error)}</div>`;
  const rows =
    table === undefined ? `<div style="${STYLE.note}">${escapeHtml(waitText(status))}</div>` : tableElement(table);
  const hint = isActive(status)
    ? `<div style="${STYLE.note}">Stop: <code style="${VIEW_STYLE.code}">${escapeHtml(stopHint(state))}</code></div>`
    : '';
  return `<div style="${STYLE.root}"><div style="${VIEW_STYLE.bar}">${name}${badge}${figures.join('')}</div>${failure}${rows}${hint}</div>`;
}

function liveText(state: LiveState): string {
  const { status, queryName, error, table } = state;
  const figures = figuresOf(state).map(([label, value]) => `${label} ${value}`);
  const head = [`${queryName ?? 'query'}: ${LOOKS[status].label}`, ...figures].join(' | ');
  return [
    head,
    ...(error === undefined ? [] : [error]),
    table === undefined ? waitText(status) : tableText(table),
    ...(isActive(status) ? [`Stop: ${stopHint(state)}`] : []),
  ].join('\n');
}

/** Label and value of what is known, in a fixed order, so that the eye finds them again. */
function figuresOf(state: LiveState): (readonly [string, string])[] {
  const { batchId, rowsPerSecond, inputRows, watermark, stateRows, batchDurationMs } = state;
  const figures: (readonly [string, string])[] = [];
  if (batchId !== undefined) figures.push(['batch', formatCount(batchId)]);
  if (rowsPerSecond !== undefined && Number.isFinite(rowsPerSecond))
    figures.push(['rows/s', formatCount(Math.round(rowsPerSecond))]);
  figures.push(['rows in', formatCount(inputRows)]);
  if (stateRows !== undefined && stateRows > 0) figures.push(['state rows', formatCount(stateRows)]);
  if (batchDurationMs !== undefined) figures.push(['took', formatDuration(batchDurationMs)]);
  if (watermark !== undefined) figures.push(['watermark', watermark.replace('T', ' ').replace(/(\.000)?Z$/, '')]);
  return figures;
}

function dotOf(status: LiveStatus): string {
  return isActive(status) ? '● ' : '';
}

function isActive(status: LiveStatus): boolean {
  return status === 'starting' || status === 'running' || status === 'waiting';
}

function waitText(status: LiveStatus): string {
  return isActive(status) ? 'Waiting for the first rows …' : 'No rows.';
}

function stopHint({ stopHint: given, queryId }: LiveState): string {
  return given ?? `spark.streams.get('${queryId}').stop()`;
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
