/** The icons: one set of our own, drawn with one stroke on a grid of 16 pixels. All are decoration; the text beside them is the name. */

const paths = {
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.6 10.6 14 14",
  back: "M9.5 3 4.5 8l5 5",
  close: "m4 4 8 8M12 4l-8 8",
  chevron: "m6 4 4 4-4 4",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  sun: "M8 10.75a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  moon: "M13.5 9.4A5.75 5.75 0 0 1 6.6 2.5a5.75 5.75 0 1 0 6.9 6.9Z",
  screen: "M1.75 3h12.5v8H1.75zM5.5 14h5M8 11v3",
  keys: "M1.75 4h12.5v8H1.75zM4.25 6.75h.01M6.75 6.75h.01M9.25 6.75h.01M11.75 6.75h.01M5 9.5h6",
  node: "M2.25 2.5h11.5v4.5H2.25zM2.25 9h11.5v4.5H2.25zM5 4.75h.01M5 11.25h.01",
  branch:
    "M4.5 2v8.5M4.5 14a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5ZM11.5 5.5a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5ZM11.5 5.5c0 3-3.5 3-7 3.5",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3l2 1.5",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1.25 1.25H2.75zM6.75 14.25h2.5",
  download: "M8 2v8M4.75 7 8 10.25 11.25 7M2.5 13.5h11",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.25V11M8 5h.01",
  history: "M2.5 8A5.5 5.5 0 1 0 4.2 4L2.5 5.6M2.5 2.5v3.1h3.1M8 5v3.2l2.2 1.3",
  overview: "M2.25 2.5h11.5M2.25 6.2h11.5M2.25 9.9h7.5M2.25 13.5h7.5",
  leave: "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
  person:
    "M8 7.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM2.75 14c.4-2.9 2.5-4.5 5.25-4.5s4.85 1.6 5.25 4.5",
  plus: "M8 2.75v10.5M2.75 8h10.5",
  warning: "M8 2.25 14.5 13.5h-13zM8 6.5v3.25M8 11.6h.01",
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
