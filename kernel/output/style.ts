/**
 * Inline styles, since outputs are self-contained and a notebook's sanitizer drops style sheets. Colours are the front
 * end's own variables, so both themes fit; the fallbacks are half-transparent greys that do on white and on black.
 */
const TEXT = 'var(--jp-ui-font-color1, var(--vscode-foreground, inherit))';
const FAINT = 'var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #888))';
const LINE = 'var(--jp-border-color2, rgba(128,128,128,.25))';
const STRIPE = 'var(--jp-rendermime-table-row-background, rgba(128,128,128,.06))';

export const STYLE = {
  root: `font-family:var(--jp-ui-font-family, system-ui, sans-serif);font-size:13px;line-height:1.45;color:${TEXT};max-width:100%;`,
  scroll: 'overflow-x:auto;',
  table: `border-collapse:collapse;border:none;margin:2px 0;font-size:12px;font-variant-numeric:tabular-nums;color:${TEXT};`,
  head: `text-align:left;vertical-align:bottom;padding:3px 12px 4px;border:none;border-bottom:1px solid ${LINE};font-weight:600;white-space:nowrap;`,
  type: `display:block;font-weight:400;font-size:10.5px;color:${FAINT};`,
  cell: 'text-align:left;padding:2px 12px;border:none;white-space:pre-wrap;overflow-wrap:anywhere;max-width:36em;vertical-align:top;',
  number:
    'text-align:right;padding:2px 12px;border:none;white-space:nowrap;font-family:var(--jp-code-font-family, ui-monospace, monospace);vertical-align:top;',
  stripe: `background:${STRIPE};`,
  plain: 'background:transparent;',
  nothing: `color:${FAINT};font-style:italic;`,
  note: `font-size:11.5px;color:${FAINT};padding:2px 0;`,
} as const;
