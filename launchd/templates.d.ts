/** The two templates, which the program contains as text. */
declare module "*.plist" {
  const text: string
  export = text
}

declare module "*.service" {
  const text: string
  export = text
}
