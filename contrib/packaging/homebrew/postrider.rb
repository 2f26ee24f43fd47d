# SPDX-License-Identifier: ISC
# Not built by us: checked for its syntax only.  `make recipes' fills in the
# words between @s.
class Postrider < Formula
  desc "Sends mail by a smarthost, without a mail server"
  homepage "@URL@"
  url "@URL@/postrider-@VERSION@.tar.gz"
  sha256 "@SHA256@"
  license "ISC"

  # What macOS has is older than what the Makefile wants.
  depends_on "make" => :build
  depends_on "pkgconf" => :build
  depends_on "gnutls"
  depends_on "gsasl"
  depends_on "json-c"
  depends_on "libidn2"

  uses_from_macos "curl"

  def install
    system "./configure", "--sysconfdir=#{etc}", "--localstatedir=#{var}",
                          "--with-oauth2", *std_configure_args
    system "gmake"
    system "gmake", "install"
  end

  def caveats
    <<~EOS
      macOS keeps Postfix at /usr/sbin/sendmail. Programs that should send by
      postrider are told where it is:
        #{opt_bin}/postrider
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/postrider --version")
    (testpath/"accounts").write <<~EOS
      host mail.example.org
      from alice@example.org
    EOS
    chmod 0600, "accounts"
    message = "Subject: hello\n\nIt works.\n"
    said = pipe_output("#{bin}/postrider -C accounts -P bob@example.net",
                       message, 0)
    assert_match "mail.example.org", said
  end
end
