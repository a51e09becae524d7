/** The text is not of the form that `readPlainYaml` reads. Never leaves it. */
export class OtherForm extends Error {}
