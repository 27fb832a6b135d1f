/// Folds letters to the plain lower-case ones under which names and words are looked up.
///
/// "Erdoğan", "ERDOGAN" and "erdogan" fold to the same bytes. Texts themselves are never altered.
enum Folding {
    /// The folded form of one letter over U+007F.
    struct Letter {
        /// The first byte of the folded form; 0 where the character is no letter.
        var first: UInt8
        /// The second byte; 0 where there is one only.
        var second: UInt8
        /// Whether the letter is a capital.
        var isUppercase: Bool
        /// The lower-case scalar, for scripts that do not fold to ASCII (then `first` is 0xFF).
        var scalar: UInt32
    }

    /// Folds a scalar over U+007F.
    @inline(__always)
    static func letter(_ scalar: UInt32) -> Letter {
        if scalar < 0x250 {
            guard scalar >= 0xC0 else {
                // ª and º are the only letters among the signs of Latin-1 besides µ.
                return Letter(first: 0, second: 0, isUppercase: false, scalar: scalar)
            }
            return entry(latin[Int(scalar - 0xC0)], scalar)
        }
        if scalar >= 0x1E00, scalar < 0x1F00 { return entry(latinAdditional[Int(scalar - 0x1E00)], scalar) }
        return other(scalar)
    }

    private static func entry(_ packed: UInt32, _ scalar: UInt32) -> Letter {
        if packed == 0 { return other(scalar) }
        return Letter(
            first: UInt8(truncatingIfNeeded: packed), second: UInt8(truncatingIfNeeded: packed >> 8),
            isUppercase: packed >> 16 != 0, scalar: scalar)
    }

    private static func other(_ scalar: UInt32) -> Letter {
        switch scalar {
        case 0xD7, 0xF7, 0x02B9...0x036F, 0x2000...0x2BFF, 0x3000...0x303F, 0xFE00...0xFE6F, 0xFF00...0xFF20,
            0xFFF0...0xFFFF, 0x1F000...0x1FAFF, 0x060C, 0x061B, 0x061F, 0x0640, 0x064B...0x065F:
            Letter(first: 0, second: 0, isUppercase: false, scalar: scalar)
        case 0x0391...0x03A9:
            Letter(first: 0xFF, second: 0, isUppercase: true, scalar: scalar + 0x20)
        case 0x0400...0x040F:
            Letter(first: 0xFF, second: 0, isUppercase: true, scalar: scalar + 0x50)
        case 0x0410...0x042F:
            Letter(first: 0xFF, second: 0, isUppercase: true, scalar: scalar + 0x20)
        default:
            Letter(first: 0xFF, second: 0, isUppercase: false, scalar: scalar)
        }
    }

    private static func packed(_ letters: String, _ cases: String) -> [UInt32] {
        let pairs = Array(letters.utf8)
        return Array(cases.utf8).enumerated().map { index, kind in
            guard kind != UInt8(ascii: "-") else { return 0 }
            let second = pairs[2 * index + 1]
            return UInt32(pairs[2 * index]) | (second == UInt8(ascii: "_") ? 0 : UInt32(second) << 8)
                | (kind == UInt8(ascii: "U") ? 1 << 16 : 0)
        }
    }

    // Two columns for each scalar from U+00C0 on: what it folds to ("_" fills up, ".." is no letter).
    private static let latin = packed(
        """
        a_a_a_a_a_a_aec_e_e_e_e_i_i_i_i_d_n_o_o_o_o_o_..o_u_u_u_u_y_thssa_a_a_a_a_a_aec_e_e_e_e_i_i_i_i_\
        d_n_o_o_o_o_o_..o_u_u_u_u_y_thy_a_a_a_a_a_a_c_c_c_c_c_c_c_c_d_d_d_d_e_e_e_e_e_e_e_e_e_e_g_g_g_g_\
        g_g_g_g_h_h_h_h_i_i_i_i_i_i_i_i_i_i_ijijj_j_k_k_k_l_l_l_l_l_l_....l_l_n_n_n_n_n_n_n_n_n_o_o_o_o_\
        o_o_oeoer_r_r_r_r_r_s_s_s_s_s_s_s_s_t_t_t_t_t_t_u_u_u_u_u_u_u_u_u_u_u_u_w_w_y_y_y_z_z_z_z_z_z_s_\
        ..............................e_..f_f_..........................o_o_..........................u_\
        u_......................................dzdzdzljljljnjnjnja_a_i_i_o_o_u_u_u_u_u_u_u_u_u_u_..a_a_\
        a_a_aeae....g_g_k_k_o_o_o_o_....j_dzdzdzg_g_....n_n_a_a_aeaeo_o_a_a_a_a_e_e_e_e_i_i_i_i_o_o_o_o_\
        r_r_r_r_u_u_u_u_s_s_t_t_....h_h_............a_a_e_e_o_o_o_o_o_o_o_o_y_y_........................\
        ................................
        """,
        """
        UUUUUUUUUUUUUUUUUUUUUUU-UUUUUUUllllllllllllllllllllllll-llllllllUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUl\
        UlUlUlUlUlUlUlUlUlUlUlUllUlUlUl--UlUlUlUllUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUUlUlUll\
        ---------------U-Ul-------------Ul-------------Ul-------------------UUlUUlUUlUlUlUlUlUlUlUlUl-Ul\
        UlUl--UlUlUlUl--lUUlUl--UlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUl--Ul------UlUlUlUlUlUlUl------------\
        ----------------
        """)

    // The same from U+1E00 on (Vietnamese and transliterations).
    private static let latinAdditional = packed(
        """
        a_a_b_b_b_b_b_b_c_c_d_d_d_d_d_d_d_d_d_d_e_e_e_e_e_e_e_e_e_e_f_f_g_g_h_h_h_h_h_h_h_h_h_h_i_i_i_i_\
        k_k_k_k_k_k_l_l_l_l_l_l_l_l_m_m_m_m_m_m_n_n_n_n_n_n_n_n_o_o_o_o_o_o_o_o_p_p_p_p_r_r_r_r_r_r_r_r_\
        s_s_s_s_s_s_s_s_s_s_t_t_t_t_t_t_t_t_u_u_u_u_u_u_u_u_u_u_v_v_v_v_w_w_w_w_w_w_w_w_w_w_x_x_x_x_y_y_\
        z_z_z_z_z_z_h_t_w_y_..s_....ss..a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_e_e_e_e_e_e_e_e_\
        e_e_e_e_e_e_e_e_i_i_i_i_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_o_u_u_u_u_u_u_u_u_u_u_u_u_\
        u_u_y_y_y_y_y_y_y_y_............
        """,
        """
        UlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUl\
        UlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlllll-l--U-UlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUl\
        UlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUlUl------
        """)
}
