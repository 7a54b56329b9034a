# Homebrew formula, filled in by `bun run release`.
class TinaDaemon < Formula
  desc "Shows live what teams of coding agents do, through Convex"
  homepage "{{homepage}}"
  version "{{version}}"
  license "MIT"

  on_macos do
    on_arm do
      url "{{darwin_arm64.url}}"
      sha256 "{{darwin_arm64.sha256}}"
    end
    on_intel do
      url "{{darwin_x64.url}}"
      sha256 "{{darwin_x64.sha256}}"
    end
  end

  on_linux do
    on_arm do
      url "{{linux_arm64.url}}"
      sha256 "{{linux_arm64.sha256}}"
    end
    on_intel do
      url "{{linux_x64.url}}"
      sha256 "{{linux_x64.sha256}}"
    end
  end

  def install
    # Built on another system, whose signature macOS takes for a damaged one.
    system "codesign", "--force", "--sign", "-", "tina-daemon" if OS.mac? && Hardware::CPU.intel?
    bin.install "tina-daemon"
    pkgshare.install "dev.tina.daemon.plist", "tina-daemon.service"
  end

  def caveats
    <<~TEXT
      To start it at each login:  tina-daemon install
      Before you uninstall it:    tina-daemon uninstall
    TEXT
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/tina-daemon --version")
  end
end
