//! The letters of encodings with one byte for each.

use encoding_rs::{
    IBM866, ISO_8859_2, KOI8_R, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253,
    WINDOWS_1254, WINDOWS_1257, X_MAC_CYRILLIC,
};
use homeroom_model::encoding::Encoding;

/// What the bytes from 0x80 on mean; U+FFFD where they mean nothing.
pub(crate) type Letters = [char; 128];

/// The letters of an encoding; `None` when it has more than one byte for some.
pub(crate) fn letters(encoding: Encoding) -> Option<Letters> {
    let known = match encoding {
        Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => return None,
        Encoding::Ibm437 => return Some(in_order(CP437)),
        Encoding::Ibm850 => return Some(in_order(CP850)),
        Encoding::Ibm852 => return Some(in_order(CP852)),
        Encoding::Windows1250 => WINDOWS_1250,
        Encoding::Windows1251 => WINDOWS_1251,
        Encoding::Windows1252 => WINDOWS_1252,
        Encoding::Windows1253 => WINDOWS_1253,
        Encoding::Windows1254 => WINDOWS_1254,
        Encoding::Windows1257 => WINDOWS_1257,
        Encoding::Iso8859_2 => ISO_8859_2,
        Encoding::Koi8R => KOI8_R,
        Encoding::Ibm866 => IBM866,
        Encoding::Macintosh => MACINTOSH,
        Encoding::MacCyrillic => X_MAC_CYRILLIC,
    };
    let bytes = std::array::from_fn::<u8, 128, _>(|at| at as u8 | 0x80);
    Some(in_order(&known.decode_without_bom_handling(&bytes).0))
}

fn in_order(text: &str) -> Letters {
    let mut letters = [char::REPLACEMENT_CHARACTER; 128];
    letters.iter_mut().zip(text.chars()).for_each(|(letter, c)| *letter = c);
    letters
}

/// Code page 437 of DOS, from 0x80 on (Unicode's mapping tables of Microsoft, VENDORS/MICSFT/PC).
const CP437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";

/// Code page 850 of DOS, from 0x80 on (Unicode's mapping tables of Microsoft, VENDORS/MICSFT/PC).
const CP850: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";

/// Code page 852 of DOS, from 0x80 on (Unicode's mapping tables of Microsoft, VENDORS/MICSFT/PC).
const CP852: &str = "\
    ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č\
    áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
    └┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀\
    ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{AD}˝˛ˇ˘§÷¸°¨˙űŘř■\u{A0}";

#[cfg(test)]
mod tests {
    use homeroom_model::encoding::Encoding;

    use super::letters;

    #[test]
    fn a_byte_means_the_letter_that_its_encoding_gives_it() {
        for (encoding, byte, letter) in [
            (Encoding::Ibm437, 0x82, 'é'),
            (Encoding::Ibm437, 0xFD, '²'),
            (Encoding::Ibm850, 0xB5, 'Á'),
            (Encoding::Ibm850, 0xFF, '\u{A0}'),
            (Encoding::Ibm852, 0x88, 'ł'),
            (Encoding::Macintosh, 0x8E, 'é'),
            (Encoding::Windows1250, 0xF8, 'ř'),
            (Encoding::Windows1251, 0xC8, 'И'),
            (Encoding::Windows1252, 0x9C, 'œ'),
            (Encoding::Iso8859_2, 0xB3, 'ł'),
            (Encoding::Koi8R, 0xE9, 'И'),
        ] {
            assert_eq!(letters(encoding).unwrap()[byte - 0x80], letter, "{encoding}");
        }
        for encoding in Encoding::ALL {
            let is_known = |letters: super::Letters| !letters.contains(&'\0');
            assert!(letters(encoding).is_none_or(is_known), "{encoding}");
        }
    }
}
