// The pictures of the editor's buttons, drawn in a square of 20.
const paths = {
  bold: 'M6.5 4h4.2a2.9 2.9 0 0 1 0 5.8H6.5Zm0 5.8h5a3.1 3.1 0 0 1 0 6.2h-5Z',
  italic: 'M8.5 4h5M6.5 16h5M11.6 4 8.4 16',
  strike: 'M13.6 6.4C13 4.9 11.7 4 10 4 7.9 4 6.5 5.2 6.5 6.9c0 1 .5 1.7 1.3 2.2M3.5 10.2h13M6.3 13.4c.6 1.6 2 2.6 3.8 2.6 2.2 0 3.7-1.2 3.7-3 0-1.1-.5-2-1.4-2.7',
  heading: 'M5.5 4v12M14.5 4v12M5.5 10h9',
  bullets: 'M8 5.5h9M8 10h9M8 14.5h9M4 5.5h.01M4 10h.01M4 14.5h.01',
  numbers: 'M8.5 5.5h8.5M8.5 10h8.5M8.5 14.5h8.5M3 4l1.2-.7v3.6M3 12.8c.4-.9 2.2-.8 2.2.4 0 .9-1.2 1.5-2.2 2.6h2.3',
  tasks: 'M3 5.2l1.3 1.3 2.3-2.6M9.5 5.5h7.5M3 9h3.2v3.2H3ZM9.5 10.6h7.5M9.5 15.7h7.5M3 14.2h3.2v3.2H3Z',
  quote: 'M4 4.5v11M8 6h8.5M8 10h8.5M8 14h5',
  link: 'M8.4 11.6a3 3 0 0 0 4.3 0l2.5-2.5a3 3 0 0 0-4.3-4.3l-.9.9M11.6 8.4a3 3 0 0 0-4.3 0l-2.5 2.5a3 3 0 0 0 4.3 4.3l.9-.9',
  wikilink: 'M6 3.5H3.5v13H6M14 3.5h2.5v13H14M7.5 8h5M7.5 12h3.5',
  picture: 'M3 4.5h14v11H3ZM3 13.2l3.8-3.8 3.2 3.2 2.2-2.2 4.8 4.3M12.7 7.7h.01',
  table: 'M3 4.5h14v11H3ZM3 8.2h14M3 11.8h14M7.7 4.5v11M12.3 4.5v11',
  rule: 'M3 10h14',
  code: 'M7 6l-4 4 4 4M13 6l4 4-4 4',
  find: 'M8.8 3.5a5.3 5.3 0 1 0 0 10.6 5.3 5.3 0 0 0 0-10.6ZM12.8 12.8l4 4',
  undo: 'M7.5 4.5 4 8l3.5 3.5M4 8h7.5a4 4 0 0 1 0 8H8',
  redo: 'M12.5 4.5 16 8l-3.5 3.5M16 8H8.5a4 4 0 0 0 0 8H12',
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', paths[name])
  svg.append(path)
  return svg
}
