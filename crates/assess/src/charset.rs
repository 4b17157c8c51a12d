//! Character sets that programs write and read files in, those of DOS among them.

use std::borrow::Cow;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, IBM866, ISO_8859_2, KOI8_R, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1256, WINDOWS_1257,
};

/// A character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// One of the web's.
    Web(&'static Encoding),
    /// One of DOS: its letters from 0x80 on.
    Dos(&'static str),
}

/// The letters from 0x80 on of the code pages 437 (United States), 850 (Western Europe) and 852 (Central Europe).
const DOS_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
const DOS_850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";
const DOS_852: &str = "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{AD}˝˛ˇ˘§÷¸°¨˙űŘř■\u{A0}";

impl Charset {
    /// UTF-8.
    pub(crate) const UTF8: Charset = Charset::Web(UTF_8);
    /// Mac Roman.
    pub(crate) const MAC: Charset = Charset::Web(MACINTOSH);
    /// What Windows writes in Western Europe and America.
    pub(crate) const WESTERN: Charset = Charset::Web(WINDOWS_1252);
    /// What Windows writes in Central Europe.
    pub(crate) const CENTRAL: Charset = Charset::Web(WINDOWS_1250);
    /// What Windows writes in Cyrillic.
    pub(crate) const CYRILLIC: Charset = Charset::Web(WINDOWS_1251);

    /// Those of other alphabets, in which names of here are read by mistake, but not written.
    pub(crate) const READ_ONLY: [Charset; 6] = [
        Charset::Web(WINDOWS_1253),
        Charset::Web(WINDOWS_1256),
        Charset::Web(GBK),
        Charset::Web(BIG5),
        Charset::Web(SHIFT_JIS),
        Charset::Web(EUC_KR),
    ];

    /// Every character set that names are written or read in by mistake.
    pub(crate) const ALL: [Charset; 13] = [
        Charset::UTF8,
        Charset::MAC,
        Charset::Dos(DOS_437),
        Charset::Dos(DOS_850),
        Charset::Dos(DOS_852),
        Charset::WESTERN,
        Charset::CENTRAL,
        Charset::Web(ISO_8859_2),
        Charset::CYRILLIC,
        Charset::Web(KOI8_R),
        Charset::Web(IBM866),
        Charset::Web(WINDOWS_1254),
        Charset::Web(WINDOWS_1257),
    ];

    /// The bytes of a text; `None` when a letter of it is not in the set.
    pub(crate) fn encode(self, text: &str) -> Option<Cow<'_, [u8]>> {
        match self {
            Charset::Web(encoding) => {
                let (bytes, _, is_lossy) = encoding.encode(text);
                (!is_lossy).then_some(bytes)
            }
            Charset::Dos(letters) => {
                let byte = |c: char| match c.is_ascii() {
                    true => Some(c as u8),
                    false => letters.chars().position(|letter| letter == c).map(|at| 0x80 + at as u8),
                };
                text.chars().map(byte).collect::<Option<Vec<_>>>().map(Cow::Owned)
            }
        }
    }

    /// The text that bytes show.
    pub(crate) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Charset::Web(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned().into(),
            Charset::Dos(letters) => {
                let letters = letters.chars().collect::<Vec<_>>();
                let letter = |byte: &u8| match byte.checked_sub(0x80) {
                    None => char::from(*byte),
                    Some(at) => letters[usize::from(at)],
                };
                bytes.iter().map(letter).collect::<String>().into()
            }
        }
    }
}
