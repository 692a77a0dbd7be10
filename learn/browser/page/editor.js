// The editor of the exercises and of the examples, with at most one line marked.
import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

const markLine = StateEffect.define();
const marked = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    marks = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(markLine)) continue;
      const { doc } = transaction.state;
      const there = effect.value >= 1 && effect.value <= doc.lines;
      marks = there ? Decoration.set([Decoration.line({ class: "cell__line" }).range(doc.line(effect.value).from)]) : Decoration.none;
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** An editor in `parent`, which says what it is for, and does `onrun` at Control-Enter. */
export function editor(parent, text, { label, firstLine = () => 1, onchange = () => {}, onrun }) {
  return new EditorView({
    parent,
    doc: text,
    extensions: [
      lineNumbers({ formatNumber: (line) => String(line + firstLine() - 1) }),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ activateOnTyping: false }),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      python(),
      syntaxHighlighting(classHighlighter),
      marked,
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (onrun(), true) }])),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", autocapitalize: "off", autocorrect: "off", spellcheck: "false" }),
      EditorView.updateListener.of((update) => update.docChanged && onchange(update.state.doc.toString())),
    ],
  });
}

/** Mark a line, or with 0 none. The mark goes with the next change. */
export const mark = (view, line) => view.dispatch({ effects: markLine.of(line) });
